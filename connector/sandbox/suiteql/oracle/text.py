"""Oracle's character functions. The empty string is NULL: the caller turns one into the other."""

from __future__ import annotations

from decimal import Decimal

from connector.sandbox.suiteql.oracle.number import NotExactError

_LONGEST = 32767  # of what LPAD and RPAD make
_LARGEST = 1_000_000  # of what REPLACE makes: nested calls multiply a text's length


def _single(character: str, changed: str) -> str:
    """Oracle changes case character by character, so what becomes two characters stays as it is."""
    return changed if len(changed) == 1 else character


def upper(text: str) -> str:
    return "".join(_single(c, c.upper()) for c in text)


def lower(text: str) -> str:
    return "".join(_single(c, c.lower()) for c in text)


def initcap(text: str) -> str:
    """Upper case after whatever is not a letter or a digit."""
    result, inside = [], False
    for character in text:
        result.append(lower(character) if inside else upper(character))
        inside = character.isalnum()
    return "".join(result)


def substr(text: str, position: Decimal, length: Decimal | None = None) -> str:
    """Position 0 is 1; a negative one counts from the end; a length below 1 gives nothing."""
    start, count = int(position), len(text) if length is None else int(length)
    if start < 0:
        start += len(text)
    elif start > 0:
        start -= 1
    return text[start : start + count] if start >= 0 and count > 0 else ""


def instr(text: str, sought: str, position: Decimal = Decimal(1), occurrence: Decimal = Decimal(1)) -> int:
    """1-based; 0 when absent; a negative position searches backwards. Occurrences may overlap."""
    start, left = int(position), int(occurrence)
    if left < 1:
        raise NotExactError("occurrence below 1")
    if start == 0:
        return 0
    forward = start > 0
    index = start - 1 if forward else len(text) + start
    while 0 <= index < len(text):
        if text.startswith(sought, index):
            left -= 1
            if left == 0:
                return index + 1
        index += 1 if forward else -1
    return 0


def _padding(text: str, length: Decimal, pad: str) -> str:
    if int(length) > _LONGEST or any(ord(c) > 0x7F for c in text + pad):  # noqa: PLR2004 - ASCII
        raise NotExactError("padding is by display width, known here for ASCII only")
    missing = max(0, int(length) - len(text))
    return (pad * missing)[:missing]


def lpad(text: str, length: Decimal, pad: str = " ") -> str:
    return (_padding(text, length, pad) + text[: max(0, int(length))]) if length >= 1 else ""


def rpad(text: str, length: Decimal, pad: str = " ") -> str:
    return (text[: max(0, int(length))] + _padding(text, length, pad)) if length >= 1 else ""


def ltrim(text: str, characters: str = " ") -> str:
    return text.lstrip(characters)


def rtrim(text: str, characters: str = " ") -> str:
    return text.rstrip(characters)


def trim(text: str, characters: str = " ") -> str:
    if len(characters) != 1:
        raise NotExactError("TRIM takes one character")
    return text.strip(characters)


def replace(text: str, sought: str | None, by: str | None = None) -> str:
    if not sought:
        return text
    if len(text) + text.count(sought) * (len(by or "") - len(sought)) > _LARGEST:
        raise NotExactError("text too long")
    return text.replace(sought, by or "")


def translate(text: str, sources: str, targets: str) -> str:
    """Each character of `sources` becomes its partner in `targets`, or goes where it has none. The first one counts."""
    table: dict[int, str] = {}
    for index, character in enumerate(sources):
        table.setdefault(ord(character), targets[index] if index < len(targets) else "")
    return text.translate(table)


def fitted(text: str, length: Decimal) -> str:
    """The text where it fits into so many bytes."""
    if len(text.encode()) > length:
        raise NotExactError("too long for the type")
    return text


def cut(text: str, length: Decimal) -> str:
    """The text's beginning. VARCHAR2(n) may count bytes or characters, so only ASCII is cut."""
    if not text.isascii():
        return fitted(text, length)
    return text[: int(length)]


def ascii_code(text: str) -> int:
    """The number of the first character, in the database's character set (AL32UTF8)."""
    return int.from_bytes(text[0].encode())


def chr_of(code: Decimal) -> str:
    if not 0 < int(code) < 0x80:  # noqa: PLR2004 - ASCII
        raise NotExactError("CHR outside of ASCII")
    return chr(int(code))
