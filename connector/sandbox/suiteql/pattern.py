"""REGEXP_LIKE, _SUBSTR, _REPLACE and _INSTR, for the patterns that Oracle and DuckDB's RE2 read alike.

Oracle's own matching is POSIX with Perl's additions (SQL Language Reference, Oracle Regular Expression Support). What
the two read differently is refused: back references, alternatives where their order decides, patterns that match
nothing, unknown escapes, equivalence classes, letters beyond ASCII where case does not count. Patterns must be
constants. White space is ASCII's; without case RE2 takes the Kelvin sign for a k and the long s for an s.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlglot import exp

from connector.sandbox.suiteql.conversion import as_text, whole_constant
from connector.sandbox.suiteql.once import once, text_or_null
from connector.sandbox.suiteql.refusal import unsupported
from connector.sandbox.suiteql.statement import Translator
from connector.sandbox.suiteql.value import INTEGER, TEXT, Family, Value

_CLASSES = {
    "alpha": r"\p{L}", "digit": "0-9", "alnum": r"\p{L}\p{N}", "upper": r"\p{Lu}", "lower": r"\p{Ll}",
    "space": r"\s\x0b", "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_ESCAPES = {"d": "[0-9]", "D": "[^0-9]", "w": r"[\p{L}\p{N}_]", "W": r"[^\p{L}\p{N}_]", "s": r"[\s\x0b]",
            "S": r"[^\s\x0b]"}  # fmt: skip
_TOKEN = re.compile(
    r"(?P<escape>\\.)|(?P<set>\[\^?\]?(?:\[:\w+:\]|[^\]\[\\])*\])|(?P<times>(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})\??)"
    r"|(?P<group>\((?!\?))|(?P<other>[^\\\[\]{}*+?(])",
    re.DOTALL | re.ASCII,
)
_LONGEST = 512
_Arguments = Sequence[exp.Expression]


def _translated(pattern: str, *, ordered: bool) -> str:
    """RE2's spelling of an Oracle pattern. `ordered`: which alternative matches decides the answer."""
    if len(pattern) > _LONGEST:
        raise unsupported("pattern")
    pieces, position = [], 0
    while position < len(pattern):
        match = _TOKEN.match(pattern, position)
        if not match:
            raise unsupported("pattern")
        pieces.append(_piece(match, ordered=ordered))
        position = match.end()
    translated = "".join(pieces)
    if ordered and _matches_nothing(translated):
        raise unsupported("a pattern that matches the empty text")
    return translated


def _piece(match: re.Match[str], *, ordered: bool) -> str:
    text = match[0]
    if match["escape"]:
        if text[1] in _ESCAPES:
            return _ESCAPES[text[1]]
        if text[1].isalnum() or not text[1].isascii():
            raise unsupported("escape in a pattern")
        return text
    if match["set"]:
        for name in re.findall(r"\[:(\w+):\]", text):
            if name not in _CLASSES:
                raise unsupported("character class")
            text = text.replace(f"[:{name}:]", _CLASSES[name])
        return text
    if text == "|" and ordered:
        raise unsupported("alternatives")
    return text


def _matches_nothing(translated: str) -> bool:
    """Whether the pattern can match the empty text, judged by Python on a pattern without Unicode classes."""
    plain = re.sub(r"\\p\{\w+\}", "a", translated)
    try:
        return any(re.search(plain, probe) and not re.search(plain, probe)[0] for probe in ("", "\x01"))  # type: ignore[index]  # found just before
    except re.error as error:
        raise unsupported("pattern") from error


def _constant(translator: Translator, node: exp.Expression) -> str:
    value = translator.value(node)
    if not isinstance(value.constant, str):
        raise unsupported("a pattern that is not constant")
    return value.constant


def _pattern(translator: Translator, node: exp.Expression, flags: str, *, ordered: bool) -> Value:
    given = _constant(translator, node)
    if "i" in flags and (not given.isascii() or re.search(r"\[:(upper|lower):\]", given)):
        raise unsupported("letters beyond ASCII, or of one case, whatever their case")
    return translator.statement.text(_translated(given, ordered=ordered))


def _flags(translator: Translator, arguments: _Arguments, place: int) -> str:
    given = _constant(translator, arguments[place]) if len(arguments) > place else ""
    if not set(given) <= set("icn"):
        raise unsupported("match parameter")
    # 'n' lets the dot match a line break, which RE2 calls 's'. The last of i and c counts.
    cases = [flag for flag in given if flag in "ic"]
    return ("i" if cases[-1:] == ["i"] else "c") + ("s" if "n" in given else "")


def _subject(translator: Translator, node: exp.Expression) -> str:
    return as_text(translator.value(node), translator.statement).sql


def regexp_like(translator: Translator, arguments: _Arguments) -> str:
    """REGEXP_LIKE(text, pattern [, flags])."""
    if len(arguments) not in {2, 3}:
        raise unsupported("REGEXP_LIKE")
    flags = _flags(translator, arguments, 2)
    pattern = _pattern(translator, arguments[1], flags, ordered=False)
    return f"regexp_matches({_subject(translator, arguments[0])}, {pattern.sql}, '{flags}')"


def _whole(translator: Translator, arguments: _Arguments, place: int, *, otherwise: int) -> int:
    if len(arguments) <= place:
        return otherwise
    number = whole_constant(translator.value(arguments[place]))
    if number is None or number < 0:
        raise unsupported("position or occurrence")
    return number


def regexp_substr(translator: Translator, arguments: _Arguments) -> Value:
    """REGEXP_SUBSTR(text, pattern [, 1 [, occurrence [, flags]]])."""
    occurrence, flags = _whole(translator, arguments, 3, otherwise=1), _flags(translator, arguments, 4)
    if _whole(translator, arguments, 2, otherwise=1) != 1 or occurrence < 1:
        raise unsupported("REGEXP_SUBSTR from there")
    pattern = _pattern(translator, arguments[1], flags, ordered=True)
    subject = _subject(translator, arguments[0])
    return Value(f"regexp_extract_all({subject}, {pattern.sql}, 0, '{flags}')[{occurrence}]", TEXT)


def regexp_replace(translator: Translator, arguments: _Arguments) -> Value:
    r"""REGEXP_REPLACE(text, pattern [, by [, 1 [, 0 [, flags]]]]); `\1` to `\9` in `by` are groups in both."""
    position, occurrence = (
        _whole(translator, arguments, 3, otherwise=1),
        _whole(translator, arguments, 4, otherwise=0),
    )
    if (position, occurrence) != (1, 0):
        raise unsupported("REGEXP_REPLACE from there")
    flags = _flags(translator, arguments, 5)
    pattern = _pattern(translator, arguments[1], flags, ordered=True)
    by = translator.value(arguments[2]) if len(arguments) > 2 else None  # noqa: PLR2004 - the third
    if by is None or by.type.family is Family.NULL:
        replacement = "''"
    elif isinstance(by.constant, str) and not re.search(r"\\(?![1-9])", by.constant):
        replacement = by.sql
    else:
        raise unsupported("replacement")
    subject = _subject(translator, arguments[0])
    return Value(text_or_null(f"regexp_replace({subject}, {pattern.sql}, {replacement}, 'g{flags}')"), TEXT)


def regexp_instr(translator: Translator, arguments: _Arguments) -> Value:
    """REGEXP_INSTR(text, pattern): where the first match begins, 0 without one."""
    pattern = _pattern(translator, arguments[1], "", ordered=True)
    if "^" in str(pattern.constant):
        raise unsupported("an anchor in REGEXP_INSTR")
    # The shortest text before a match is as long as the match's place, less one.
    before = translator.statement.text(rf"^((?s:.*?))(?:{pattern.constant})")

    def place(text: Value, _: list[Value]) -> str:
        found = f"length(regexp_extract({text.sql}, {before.sql}, 1)) + 1"
        matches = f"regexp_matches({text.sql}, {pattern.sql})"
        return f"(CASE WHEN {matches} THEN {found} WHEN {text.sql} IS NULL THEN NULL ELSE 0 END)"

    return Value(once(as_text(translator.value(arguments[0]), translator.statement), [], place), INTEGER)
