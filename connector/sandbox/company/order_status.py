"""The status of an order, from what of its lines was moved and billed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

PENDING, PARTIAL, PARTIAL_PENDING_BILLING, PENDING_BILLING, BILLED, CLOSED = "B", "D", "E", "F", "G", "H"


class OrderLine(Protocol):
    """Hundredths ordered, shipped or received, and billed."""

    quantity: int
    moved: int
    billed: int

    @property
    def is_goods(self) -> bool:
        """Whether there is something to move."""


def order_status(lines: Sequence[OrderLine]) -> str:
    """The letter of a sales or purchase order that nobody closed."""
    goods = [line for line in lines if line.is_goods]
    if all(line.billed == line.quantity for line in lines):
        return BILLED
    if all(line.moved == line.quantity for line in goods):
        return PENDING_BILLING
    if not any(line.moved for line in goods):
        return PENDING
    return PARTIAL_PENDING_BILLING if any(line.billed < line.moved for line in goods) else PARTIAL
