"""Passwords: what is accepted as one, and Argon2id hashes (RFC 9106) of them.

Long ones without further rules, none that is guessed first: NIST SP 800-63B section 3.1.1.2.
"""

from __future__ import annotations

import secrets
import threading
import unicodedata
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from connector.errors import CallerError

SHORTEST, LONGEST = 12, 1_000
_AT_ONCE = 4
_FEWEST_SIGNS = 5
_FEWEST_BESIDE_THE_NAME = 8
# Of the most common passwords those of twelve signs and more, without what stands between their letters and digits.
_COMMON = (
    "password1234 password12345 password123456 passwordpassword mypassword123 passw0rd1234 p4ssw0rd1234 "
    "123456789012 1234567890123 12345678901234 123456789123 123123123123 1234567891011 098765432109 "
    "1q2w3e4r5t6y 1q2w3e4r5t6y7u 1qaz2wsx3edc 1qaz2wsx3edc4rfv q1w2e3r4t5y6 qwertyuiop12 qwertyuiop123 "
    "qwerty123456 qwertyqwerty qwertyuiopasdf asdfghjkl123 zaq12wsxcde3 abcdefghijkl abcd12345678 abc123456789 "
    "iloveyou1234 iloveyouforever letmein12345 letmeinplease welcome12345 welcometothejungle administrator "
    "administrator1 admin1234567 adminadmin12 changeme1234 changemeplease trustno1trustno1 football1234 "
    "baseball1234 sunshine1234 princess1234 superman1234 monkey123456 dragon123456 starwars1234 michael12345 "
    "netsuite1234 netsuite12345 nsquery12345 oracle123456 excel1234567 spreadsheet1 unknown12345 secret123456 "
    "correcthorsebatterystaple correcthorsebattery thequickbrownfox whateverwhatever computer1234 internet1234"
)
_TRIED_FIRST = frozenset(_COMMON.split())


class Passwords:
    """Hashes and compares, few at once since each takes its memory.

    The costs are Argon2's: passes, KiB of memory, lanes (RFC 9106 section 4 by default).
    """

    def __init__(self, *, passes: int = 3, memory: int = 65_536, lanes: int = 4) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=lanes)
        self._turns = threading.BoundedSemaphore(_AT_ONCE)

    def hash(self, password: str) -> str:
        """The hash of a password that `checked` let through, with its salt and costs."""
        with self._turns:
            return self._hasher.hash(_as_bytes(password))

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether it is the password; without a stored hash, no, after the same work."""
        known = stored if len(password) <= LONGEST else None
        nobodys = self._nobodys  # made at the first question, whoever's it is
        try:
            with self._turns:
                self._hasher.verify(known or nobodys, _as_bytes(password[:LONGEST]))
        except (VerificationError, InvalidHashError):
            return False
        return known is not None

    @cached_property
    def _nobodys(self) -> str:
        """A hash that no password has, at the same costs."""
        return self.hash(secrets.token_urlsafe(32))

    def is_dated(self, stored: str) -> bool:
        """Whether it was hashed at other costs than today's."""
        return self._hasher.check_needs_rehash(stored)


def checked_password(password: str, name: str) -> str:
    """The password. Raises CallerError (code BAD_PASSWORD) for one that is guessed soon; it never says which."""
    if len(password) < SHORTEST:
        raise _refused(f"has fewer than {SHORTEST} characters")
    if len(password) > LONGEST:
        raise _refused(f"has more than {LONGEST:,} characters")
    try:
        folded = _normal(password).casefold()
        folded.encode()
    except UnicodeEncodeError:
        raise _refused("has a character that is none") from None
    if len(set(folded)) < _FEWEST_SIGNS:
        raise _refused(f"has fewer than {_FEWEST_SIGNS} different characters")
    if "".join(filter(str.isalnum, folded)) in _TRIED_FIRST:
        raise _refused("is one of those that are tried first")
    if len(folded.replace(_normal(name).casefold(), "")) < _FEWEST_BESIDE_THE_NAME:
        raise _refused("is little more than the name")
    return password


def _normal(text: str) -> str:
    """The same text from every keyboard (NIST SP 800-63B section 3.1.1.2)."""
    return unicodedata.normalize("NFKC", text)


def _as_bytes(password: str) -> bytes:
    return _normal(password).encode("utf-8", "surrogatepass")


def _refused(cause: str) -> CallerError:
    return CallerError(
        f"The password {cause}.",
        code="BAD_PASSWORD",
        remedy=f"Give at least {SHORTEST} characters, for instance four words that have nothing to do with each other.",
    )
