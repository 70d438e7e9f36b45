"""Values that break careless readers: spreadsheets, CSV, type guessing, trimming, formula evaluation.

Each is a text that NetSuite would store and hand out untouched. Records and transactions take them in turn, the first
ones first, so that a query for a few rows already meets some.
"""

from __future__ import annotations

HOSTILE = (
    "00123",
    "1E5",
    "10-20",
    "123456789012345678",
    '=HYPERLINK("https://evil.example","x")',
    "+1",
    "-2",
    "@SUM(A1)",
    'Say "twice"',
    "O'Brien's",
    "first line\nsecond line",
    "before\tafter",
    "rocket 🚀 café",
    "NULL",
    "  leading",
    "trailing  ",
    "1,234.50",
    "1.5E+7",
    "2/29/2024",
    "TRUE",
    "T",
    "#N/A",
    "\tstarts with a tab",
    "日本語; naïve, ünïcode",
    "=1+1",
    "0x1F",
    "a,b;c|d",
    "carriage\r\nreturn",
    "{{braces}} %s ${x} \\n",
    "<b>not markup</b> &amp;",
    "9007199254740993",
    ".5",
    "100%",
    "👩‍👩‍👧 e\u0301 \u200bzero width",
)


def hostile(index: int) -> str:
    """The value for the record at this place."""
    return HOSTILE[index % len(HOSTILE)]


def external_id(index: int) -> str | None:
    """Eighteen digits (more than a double holds) for every third record."""
    return f"{900_000_000_000_000_000 + index * 7_919_317:018d}" if index % 3 == 0 else None
