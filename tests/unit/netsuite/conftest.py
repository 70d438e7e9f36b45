"""Real parts: a scripted server, a session with it, and waits that are only counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from scripted_netsuite import Script, ScriptedNetSuite, running

from connector.egress import Egress, Origin
from connector.netsuite.session import Session
from connector.netsuite.suiteql import SuiteQL
from connector.netsuite.tba import TbaAuth, TokenCredentials

CREDENTIALS = TokenCredentials("consumerkey1", "consumersecret1", "tokenid1", "tokensecret1")


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def serve(stack: ExitStack) -> Callable[[Script], ScriptedNetSuite]:
    return lambda script: stack.enter_context(running(script))


@pytest.fixture
def session_with(stack: ExitStack) -> Callable[..., Session]:
    """A session with a scripted server, signed with TBA."""

    def make(server: ScriptedNetSuite, *, timeout: float = 5.0) -> Session:
        egress = Egress("NetSuite", Origin.parse(server.url, configured=True), timeout=timeout)
        stack.callback(egress.close)
        return Session(egress, TbaAuth("1234567_SB1", CREDENTIALS))

    return make


@pytest.fixture
def plain(serve, stack) -> Callable[[Script], tuple[ScriptedNetSuite, Session]]:
    """A server that answers a script, and a session with it that does not authenticate."""

    def make(script: Script) -> tuple[ScriptedNetSuite, Session]:
        server = serve(script)
        egress = Egress("NetSuite", Origin.parse(server.url, configured=True), timeout=5.0)
        stack.callback(egress.close)
        return server, Session(egress)

    return make


@pytest.fixture
def pauses() -> list[float]:
    """The seconds that would have been waited."""
    return []


@pytest.fixture
def ask(serve, session_with, pauses) -> Callable[..., SuiteQL]:
    """SuiteQL at a server that answers a script."""

    def make(script: Script, **options: int) -> SuiteQL:
        return SuiteQL(session_with(serve(script)), pause=pauses.append, **options)

    return make
