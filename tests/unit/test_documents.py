"""The documents name what the code has: nothing is missing and nothing is left over."""

from __future__ import annotations

import re
from pathlib import Path

from connector.sandbox.suiteql import aggregate, function, routine

ROOT = Path(__file__).parents[2]
# Written with a syntax of their own, so no table of the code lists them.
WITH_THEIR_OWN_SYNTAX = {
    "CAST", "CURRENT_DATE", "EXTRACT", "REGEXP_LIKE", "ROWNUM", "SYSDATE", "BUILTIN.CONSOLIDATE", "BUILTIN.DF",
    "BUILTIN.RELATIVE_RANGES", "DENSE_RANK", "FIRST_VALUE", "LAG", "LAST_VALUE", "LEAD", "NTILE", "RANK", "ROW_NUMBER",
}  # fmt: skip


def test_the_sandboxs_functions_are_listed():
    document = (ROOT / "docs/sandbox.md").read_text(encoding="utf-8")
    (listed,) = re.findall(r"<!-- functions: .*?-->(.*?)<!-- end of functions -->", document, re.DOTALL)
    assert set(re.findall(r"`([A-Z0-9_.]+)`", listed)) == (
        set(routine.SCALAR) | set(function._SPECIAL) | aggregate.AGGREGATES | WITH_THEIR_OWN_SYNTAX
    )


def test_links_between_documents_lead_somewhere():
    for document in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"
