"""How figures are written: decimal strings, so that nothing is lost on the way through JSON."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

Row = dict[str, object]

# The default of 28 digits may round the product of a large sum and a rate.
EXACT = Context(prec=60)
_CENT = Decimal("0.01")


def money(cents: int) -> str:
    """Cents as an amount of two places."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"


def sides(debit: int, credit: int) -> Row:
    return {"debit": money(debit), "credit": money(credit), "amount": money(debit - credit)}


def exact(amount: Decimal) -> Row:
    """The amount with all its places, and rounded half up once."""
    rounded = EXACT.quantize(amount, _CENT) if not amount else amount.quantize(_CENT, ROUND_HALF_UP, EXACT)
    return {"amount": f"{amount:f}", "rounded": f"{rounded + 0:f}"}
