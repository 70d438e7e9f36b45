"""The page behind the link in a mail about a new device: it asks, and one press ends the token. No account is needed."""

from __future__ import annotations

from flask import Blueprint, render_template

from connector.web.console.guard import Guard
from connector.wiring import Services


def register(blueprint: Blueprint, services: Services, guard: Guard) -> None:  # noqa: ARG001 - all pages register alike
    """Add the pages."""

    @blueprint.get("/revoke/<token>")
    def ask_to_revoke(token: str) -> str:
        """Nothing changes here: mail programs open links by themselves."""
        return render_template("console/revoke.html", asked=services.revoke_links.view(token), token=token, done=False)

    @blueprint.post("/revoke/<token>")
    def revoke_by_link(token: str) -> str:
        return render_template("console/revoke.html", asked=services.revoke_links.use(token), token=token, done=True)
