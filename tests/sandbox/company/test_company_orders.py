"""Orders and what was made from them: quantities shipped, received and billed, and statuses that say so."""

from __future__ import annotations

from collections import Counter, defaultdict

from audit import Audit, Row

ORDERS = ("SalesOrd", "PurchOrd", "Estimate", "RtnAuth", "VendAuth")


def goods(audit: Audit) -> set[int]:
    return {row["id"] for row in audit.rows("item") if row["assetaccount"]}


def status(order: Row, lines: list[Row], stocked: set[int]) -> str:
    """What NetSuite shows of an order that nobody closed."""
    moving = [line for line in lines if line["item"] in stocked]
    if all(line["quantitybilled"] == abs(line["quantity"]) for line in lines):
        return "G"
    if all(line["quantityshiprecv"] == abs(line["quantity"]) for line in moving):
        return "F" if moving or order["type"] != "SalesOrd" else "service"
    if not any(line["quantityshiprecv"] for line in moving):
        return "B"
    return "E" if any(line["quantitybilled"] < line["quantityshiprecv"] for line in moving) else "D"


def test_a_sales_or_purchase_order_s_status_agrees_with_its_quantities(audit: Audit) -> None:
    stocked = goods(audit)
    wrong: defaultdict[tuple, list[str]] = defaultdict(list)
    for row in audit.of_type("SalesOrd", "PurchOrd"):
        expected = status(row, audit.lines_of[row["id"]][1:], stocked)
        if row["status"] not in (expected, "H") and expected != "service":
            wrong[row["type"], row["status"], expected].append(row["trandisplayname"])
    assert not wrong


def test_nothing_is_shipped_or_billed_beyond_its_order(audit: Audit) -> None:
    stocked = goods(audit)
    for row in audit.of_type(*ORDERS):
        for line in audit.lines_of[row["id"]][1:]:
            assert 0 <= line["quantityshiprecv"] <= abs(line["quantity"])
            assert 0 <= line["quantitybilled"] <= abs(line["quantity"])
            if line["item"] in stocked and row["type"] in ("SalesOrd", "PurchOrd"):
                assert line["quantitybilled"] <= line["quantityshiprecv"]


def test_quantities_are_the_sums_of_links_and_of_the_lines_they_lead_to(audit: Audit) -> None:
    moved: Counter = Counter()
    for link in audit.links_of("ShipRcpt", "OrdBill"):
        moved[link["linktype"], link["previousdoc"], link["previousline"]] += link["quantity"] or 0
        following = audit.lines[link["nextdoc"], link["nextline"]]
        previous = audit.lines[link["previousdoc"], link["previousline"]]
        assert following["item"] == previous["item"]
        if link["quantity"] and following["quantity"]:
            assert abs(following["quantity"]) == link["quantity"]
        assert following["createdfrom"] == link["previousdoc"]
    for row in audit.of_type("SalesOrd", "PurchOrd", "VendAuth"):
        for line in audit.lines_of[row["id"]][1:]:
            place = row["id"], line["id"]
            assert line["quantityshiprecv"] == moved["ShipRcpt", *place]
            assert line["quantitybilled"] == moved["OrdBill", *place]


def test_what_was_shipped_is_billed_within_weeks(audit: Audit) -> None:
    """All but what was shipped in the last days; else goods would leave for nothing."""
    end = audit.months[-1]["enddate"]
    shipped_last = {
        link["previousdoc"]: link["nextdate"]
        for link in audit.links_of("ShipRcpt")
        if link["previoustype"] == "SalesOrd"
    }
    stocked = goods(audit)
    late = [
        row["trandisplayname"]
        for row in audit.of_type("SalesOrd")
        if row["id"] in shipped_last
        and (end - shipped_last[row["id"]]).days > 30
        and any(
            line["quantitybilled"] < line["quantityshiprecv"]
            for line in audit.lines_of[row["id"]][1:]
            if line["item"] in stocked
        )
    ]
    assert not late, (len(late), len(shipped_last))


def test_what_was_received_is_billed_within_weeks(audit: Audit) -> None:
    end = audit.months[-1]["enddate"]
    received = {
        link["previousdoc"]: link["nextdate"]
        for link in audit.links_of("ShipRcpt")
        if link["previoustype"] == "PurchOrd"
    }
    late = [
        row["trandisplayname"]
        for row in audit.of_type("PurchOrd")
        if row["id"] in received
        and (end - received[row["id"]]).days > 30
        and any(line["quantitybilled"] < line["quantityshiprecv"] for line in audit.lines_of[row["id"]][1:])
    ]
    assert not late, (len(late), len(received))


def test_a_line_is_made_from_an_order_of_the_same_party(audit: Audit) -> None:
    for line in audit.rows("transactionline"):
        if line["createdfrom"]:
            source, made = audit.transactions[line["createdfrom"]], audit.transactions[line["transaction"]]
            assert source["entity"] == made["entity"]
            if made["type"] != "ItemShip":  # goods leave at cost, in base currency
                assert source["currency"] == made["currency"]
            assert source["trandate"] <= made["trandate"]


def test_stock_knows_what_orders_wait_for(audit: Audit) -> None:
    stocked = goods(audit)
    waiting: defaultdict[str, Counter] = defaultdict(Counter)
    for row in audit.of_type("SalesOrd", "WorkOrd", "PurchOrd"):
        if row["status"] != "H":
            kind = "PurchOrd" if row["type"] == "PurchOrd" else "promised"
            for line in audit.lines_of[row["id"]][1:]:
                if line["item"] in stocked:
                    left = abs(line["quantity"]) - line["quantityshiprecv"]
                    waiting[kind][line["item"], line["location"]] += left
    for row in audit.rows("aggregateitemlocation"):
        place = row["item"], row["location"]
        hand, committed = row["quantityonhand"], waiting["promised"][place]
        assert row["quantityonorder"] == waiting["PurchOrd"].pop(place, 0)
        assert row["quantitycommitted"] == min(hand, committed)
        assert row["quantityavailable"] == max(0, hand - committed)
        assert row["quantitybackordered"] == max(0, committed - hand)
        waiting["promised"].pop(place, None)
    assert not any(waiting["promised"].values())
    assert not any(waiting["PurchOrd"].values())
