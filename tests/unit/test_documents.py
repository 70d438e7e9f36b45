"""The documents name what the code has: nothing is missing and nothing is left over."""

from __future__ import annotations

import re
from pathlib import Path

from connector.sandbox.suiteql import aggregate, builtin, function, routine

ROOT = Path(__file__).parents[2]
# Written with a syntax of their own, so no table of the code lists them.
WITH_THEIR_OWN_SYNTAX = {
    "CAST", "CURRENT_DATE", "EXTRACT", "REGEXP_LIKE", "ROWNUM", "SYSDATE", "BUILTIN.PERIOD",
    "DENSE_RANK", "FIRST_VALUE", "LAG", "LAST_VALUE", "LEAD", "NTILE", "RANK", "ROW_NUMBER",
}  # fmt: skip

# Named as the token endpoint names them (RFC 6749, 5.2), in upper case.
OAUTH_ERRORS = {
    "INVALID_CLIENT", "INVALID_GRANT", "INVALID_REQUEST", "INVALID_SCOPE", "UNAUTHORIZED_CLIENT", "UNSUPPORTED_GRANT_TYPE",
}  # fmt: skip


def test_the_sandboxs_functions_are_listed():
    document = (ROOT / "docs/sandbox.md").read_text(encoding="utf-8")
    (listed,) = re.findall(r"<!-- functions: .*?-->(.*?)<!-- end of functions -->", document, re.DOTALL)
    assert set(re.findall(r"`([A-Z0-9_.]+)`", listed)) == (
        set(routine.SCALAR)
        | set(function._SPECIAL)
        | aggregate.AGGREGATES
        | {f"BUILTIN.{name}" for name in builtin.FUNCTIONS}
        | WITH_THEIR_OWN_SYNTAX
    )


def test_every_error_code_is_listed_and_none_that_is_not_raised():
    document = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
    listed = {
        code for row in document.splitlines() if row.startswith("|") for code in re.findall(r"`([A-Z_]+[A-Z])`", row)
    }
    raised = set(OAUTH_ERRORS)
    for path in (ROOT / "connector").rglob("*.py"):
        if "sandbox" not in path.parts:
            raised |= set(re.findall(r"\bcode ?= ?\"([A-Z_]+)\"", path.read_text(encoding="utf-8")))
    assert listed == raised


def test_links_between_documents_lead_somewhere():
    for document in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"
