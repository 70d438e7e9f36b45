"""What a program must know to use the sandbox: the line that `connector sandbox` prints."""

from __future__ import annotations

from typing import Any

from connector.sandbox import account_settings, control
from connector.sandbox.account import Account
from connector.sandbox.application import AUDIT_TRAIL, BOOKS
from connector.sandbox.machine_key import MachineKey


def announcement(account: Account, url: str, ca_file: str | None, machine: MachineKey) -> dict[str, Any]:
    """The account's address and credentials; what the sandbox does not have yet is None.

    Whose password serves for IssueToken is told where the record has that endpoint.
    """
    token = account.reader_token
    return {
        "url": url,
        "ca_file": ca_file,
        "account": account.account_id,
        "role": token.role.id,
        "entity": token.entity.id,
        "tba": {
            "consumer_key": token.integration.consumer_key,
            "consumer_secret": token.integration.consumer_secret,
            "token_id": token.id,
            "token_secret": token.secret,
        },
        "oauth2": {
            "client_id": account.integration.consumer_key,
            "client_secret": account.integration.consumer_secret,
            "redirect_uris": list(account.integration.redirect_uris),
            "public_client_id": account.public_integration.consumer_key,
        },
        "client_credentials": {
            "client_id": account.integration.consumer_key,
            "certificate_id": machine.certificate_id,
            "private_key_file": machine.private_key_file,
        },
        "saved_searches": None,
        "restlet": None,
        "audit_trail": f"{url}{AUDIT_TRAIL}",
        "books": f"{url}{BOOKS}",
        "transactions": f"{url}{control.PATH}",
        "settings": f"{url}{account_settings.PATH}",
        **_passwords(account),
    }


def _passwords(account: Account) -> dict[str, Any]:
    if not account.integration.issue_token:
        return {}
    reader = account.reader
    return {"nlauth": {"email": reader.email, "password": reader.password, "role": account.reader_role.id}}
