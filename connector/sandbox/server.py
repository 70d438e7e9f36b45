"""A sandbox account with its company: what `connector sandbox` and the tests start."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from connector.sandbox.account import REDIRECT_URIS, Account
from connector.sandbox.company import Company, generate
from connector.sandbox.company.kept import kept
from connector.sandbox.company.live import LiveCompany
from connector.sandbox.profile import PROFILES, Profile
from connector.sandbox.serving import RunningSandbox, serving
from connector.sandbox.suiteql.engine import Engine

SEED = 1
log = logging.getLogger("connector.sandbox")


# What one query may take: statements of a large company join all of its lines.
_LARGE, _MEMORY, _MUCH_MEMORY = 500_000, "1GB", "4GB"
KEPT_FROM = 100_000  # lines; a smaller company is made faster than it is kept


@contextmanager
def opened_account(
    *,
    rows: int,
    seed: int = SEED,
    profile: str = "default",
    concurrency: int = 5,
    latency_ms: int = 0,
    clock: Callable[[], float] = time.time,
    cache: Path | None = None,
    kept_from: int = KEPT_FROM,
    redirect_uris: Sequence[str] = REDIRECT_URIS,
) -> Iterator[Account]:
    """An account with a generated company of `rows` transaction lines. Same seed, same data.

    One of `kept_from` lines or more is kept in the folder `cache` for the next time. Raises ValueError for fewer rows
    than a company needs, KeyError for a profile that does not exist, OSError where the folder cannot be written,
    AddressRefused for a redirect URI that no integration record takes.
    """
    chosen = PROFILES[profile]

    def wall_clock() -> datetime:
        return datetime.fromtimestamp(clock())  # noqa: DTZ006 - the account's wall clock, as SYSDATE has no time zone

    company, store = _company(rows, seed, chosen, cache if rows >= kept_from else None)
    with closing(
        Engine(
            company.dataset(),
            date_format=chosen.date_format,
            clock=wall_clock,
            common_table_expressions=chosen.common_table_expressions,
            hidden=chosen.hidden_records,
            store=store,
            memory_limit=_MUCH_MEMORY if rows >= _LARGE else _MEMORY,
        )
    ) as engine:
        yield Account(
            engine=engine,
            company=LiveCompany(company, engine.apply, wall_clock),
            profile=chosen,
            concurrency=concurrency,
            latency=latency_ms / 1000,
            clock=clock,
            redirect_uris=redirect_uris,
            interrupt=engine.close,
        )


def _company(rows: int, seed: int, profile: Profile, cache: Path | None) -> tuple[Company, Path | None]:
    """The company and, where it is kept, the file for its tables."""
    if cache is not None:
        try:
            cache.mkdir(parents=True, exist_ok=True)
            return kept(cache, lines=rows, seed=seed, profile=profile)
        except OSError as error:
            log.warning("the company is not kept: %s cannot be used (%s)", cache, error.strerror or error)
    return generate(lines=rows, seed=seed, profile=profile), None


@contextmanager
def running(
    *,
    rows: int = 2_000,
    seed: int = SEED,
    profile: str = "default",
    concurrency: int = 5,
    latency_ms: int = 0,
    tls: bool = False,
    clock: Callable[[], float] = time.time,
    cache: Path | None = None,
    kept_from: int = KEPT_FROM,
    redirect_uris: Sequence[str] = REDIRECT_URIS,
) -> Iterator[RunningSandbox]:
    """A sandbox in this process on a free loopback port, for tests."""
    with (
        opened_account(
            rows=rows,
            seed=seed,
            profile=profile,
            concurrency=concurrency,
            latency_ms=latency_ms,
            clock=clock,
            cache=cache,
            kept_from=kept_from,
            redirect_uris=redirect_uris,
        ) as account,
        serving(account, tls=tls) as sandbox,
    ):
        yield sandbox
