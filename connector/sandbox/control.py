"""The sandbox's own address to change data with: no NetSuite has it. It is for tests and for trying what a change does.

POST enters a transaction, PATCH changes one, DELETE deletes one; `connector.sandbox.company.entry` says what is taken.
Whoever reaches the sandbox may use it; a web page cannot, since it asks for JSON.
"""

from __future__ import annotations

import flask

from connector.sandbox.account import Account
from connector.sandbox.company.entry import EntryRefused

PATH = "/sandbox/transactions"


def blueprint(account: Account) -> flask.Blueprint:
    """The three methods."""
    pages = flask.Blueprint("control", __name__)

    @pages.post(PATH)
    def insert() -> tuple[flask.Response, int]:
        return flask.jsonify({"id": account.company.insert(_document())}), 201

    @pages.patch(f"{PATH}/<int:number>")
    def change(number: int) -> tuple[str, int]:
        account.company.change(number, _document())
        return "", 204

    @pages.delete(f"{PATH}/<int:number>")
    def delete(number: int) -> tuple[str, int]:
        account.company.delete(number)
        return "", 204

    @pages.errorhandler(EntryRefused)
    def refused(error: EntryRefused) -> tuple[flask.Response, int]:
        return flask.jsonify({"error": str(error)}), 400

    return pages


def _document() -> object:
    try:
        document = flask.request.get_json(silent=True) if flask.request.is_json else None
    except RecursionError:
        document = None
    if document is None:
        raise EntryRefused("The body must be JSON, and the Content-Type application/json.")
    return document
