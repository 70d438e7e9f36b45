"""What people may call a thing: one line that can be printed anywhere."""

from __future__ import annotations

from connector.errors import SettingError

_LONGEST = 100


def checked_name(text: str, what: str) -> str:
    """The name without surrounding white space. Raises SettingError (code BAD_NAME); `what` begins its sentence."""
    name = text.strip()
    if name and len(name) <= _LONGEST and name.isprintable():
        return name
    if not name:
        fault = "is empty"
    elif len(name) > _LONGEST:
        fault = f"is longer than {_LONGEST} characters"
    else:
        fault = "has a character that cannot be printed"
    raise SettingError(
        f"{what} {fault}.", code="BAD_NAME", remedy=f"Give 1 to {_LONGEST} printable characters in one line."
    )
