"""Business within the group: both sides of it, and its elimination."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from fractions import Fraction

from audit import Audit, total

PARENT, ELIMINATION = 1, 8
PAIRS = (("1800", "2800"), ("4900", "6900"))


def ran(group: Audit) -> dict[int, int]:
    """The periods in which the elimination was entered, each with its journal."""
    return {row["postingperiod"]: row["id"] for row in group.of_type("Journal") if row["subsidiary"] == ELIMINATION}


def test_pairs_name_each_other_and_mirror_their_amounts(group: Audit) -> None:
    accounts = {account: row["acctnumber"] for account, row in group.accounts.items()}
    paired = [row for row in group.rows("transaction") if row["intercotransaction"]]
    for row in paired:
        other = group.transactions[row["intercotransaction"]]
        assert other["intercotransaction"] == row["id"]
        assert row["subsidiary"] != other["subsidiary"]
        assert PARENT in (row["subsidiary"], other["subsidiary"])
        for name in ("type", "trandate", "postingperiod", "currency", "foreigntotal", "memo", "posting"):
            assert row[name] == other[name], (row["trandisplayname"], name)
        sides = []
        for one, partner in ((row, other), (other, row)):
            due = {}
            for line in group.lines_of[one["id"]]:
                number = accounts[line["expenseaccount"]]
                if line["duetofromsubsidiary"]:
                    assert line["duetofromsubsidiary"] == partner["subsidiary"]
                    assert number in {"1800", "2800", "4900", "6900"}
                    due[number] = line["foreignamount"]
                else:
                    assert number not in {"1800", "2800", "4900", "6900"}
            sides.append(due)
        mine, yours = sides
        for number, mirror in ((ours, theirs) for pair in PAIRS for ours, theirs in (pair, pair[::-1])):
            assert mine.get(number) == (None if mirror not in yours else -yours[mirror])


def test_a_line_due_to_another_is_eliminated_and_no_other(group: Audit) -> None:
    marked = {account for account, row in group.accounts.items() if row["eliminate"] == "T"}
    assert {group.accounts[account]["acctnumber"] for account in marked} == {"1800", "2800", "4900", "6900"}
    for line in group.rows("transactionline"):
        assert (line["eliminate"] == "T") == (line["duetofromsubsidiary"] is not None)
        if line["duetofromsubsidiary"]:
            assert line["expenseaccount"] in marked
            assert group.transactions[line["transaction"]]["intercotransaction"]


def test_what_the_subsidiaries_owe_the_parent_is_what_it_claims_of_them(group: Audit) -> None:
    """In the currency of the claim, after every month."""
    owed: Counter = Counter()
    for row in group.rows("transactionline"):
        number = group.accounts.get(row["expenseaccount"], {}).get("acctnumber")
        if number in ("1800", "2800") and row["duetofromsubsidiary"]:
            company = row["duetofromsubsidiary"] if number == "1800" else row["subsidiary"]
            owed[group.transactions[row["transaction"]]["postingperiod"], company] += row["foreignamount"]
    assert not any(owed.values())


def test_the_elimination_subsidiary_holds_eliminations_alone(group: Audit) -> None:
    allowed = {group.numbers[number] for number in ("1800", "1900", "2800", "3000", "4900", "6900", "3450")}
    for row in group.rows("transaction"):
        if row["subsidiary"] == ELIMINATION:
            assert row["type"] == "Journal"
            assert row["memo"]
    accounts = {entry.account for entry in group.entries if entry.subsidiary == ELIMINATION}
    assert accounts <= allowed
    assert not accounts or group.numbers["3450"] in accounts


def test_revenue_and_cost_within_the_group_are_gone_from_its_income(group: Audit) -> None:
    """To a cent, in every period and in the primary book, whose rates the elimination takes."""
    wanted = {group.numbers["4900"], group.numbers["6900"]}
    left = {
        (row["period"], row["acctnumber"]): row["amount"]
        for row in group.books["consolidated_income"]
        if row["account"] in wanted
        and (row["book"], row["subsidiary"]) == (1, PARENT)
        and abs(Fraction(row["amount"])) > Fraction(1, 100)
    }
    assert not left


def test_claims_within_the_group_are_gone_from_its_balance_sheet(group: Audit) -> None:
    """After each period in which the elimination was entered, at that period's current rates."""
    rates = {
        (row["fromsubsidiary"], row["postingperiod"]): Fraction(row["currentrate"])
        for row in group.rows("consolidatedexchangerate")
        if (row["tosubsidiary"], row["accountingbook"]) == (PARENT, 1)
    }
    for number in ("1800", "2800"):
        held: defaultdict[int, Decimal] = defaultdict(Decimal)
        changes = total(group.on(number), lambda entry: entry.period, lambda entry: entry.subsidiary)
        for period in group.posting_periods:
            for company in group.subsidiaries:
                held[company] += changes.get((period["id"], company), 0)
            if period["id"] in ran(group):
                left = sum(Fraction(amount) * rates[company, period["id"]] for company, amount in held.items())
                assert abs(left) <= Fraction(1, 100), (period["periodname"], number, left)


def test_the_elimination_ran_whenever_the_parent_charged(group: Audit) -> None:
    charged = {group.transactions[entry.transaction]["postingperiod"] for entry in group.on("4900")}
    assert charged <= set(ran(group))


def test_a_group_that_is_not_tiny_charges_and_eliminates(group: Audit) -> None:
    if group.company.register.lines.num_rows >= 3_000:
        assert ran(group)
        assert any(row["intercotransaction"] for row in group.rows("transaction"))
        assert group.books["intercompany"]


def test_a_large_group_is_charged_and_eliminated_in_every_year_and_settled(large: Audit) -> None:
    years = {large.year_of(period) for period in ran(large)}
    assert len(years) == 3
    settled = [row for row in large.of_type("Journal") if row["intercotransaction"] and row["memo"] == "Settlement"]
    assert settled
