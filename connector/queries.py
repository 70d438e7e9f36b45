"""A query from a grant to a frame."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Protocol

from connector.accounts import Grant
from connector.answers import Answers, answer_key
from connector.connections import Connections
from connector.core.cancelled import Cancelled
from connector.core.frame import Frame, Proof, Shape, build_frame
from connector.core.paged_query import page_query
from connector.core.query import BoundValue
from connector.core.select_list import read_select_list
from connector.netsuite.asker import Asker, Lane
from connector.netsuite.date_format import DateFormat
from connector.netsuite.suiteql import MOST_ROWS, PATIENCE


class Shapes(Protocol):
    """What earlier answers of a query taught about its columns."""

    def get(self, connection_id: str, fingerprint: str) -> Shape | None:
        """The columns of a query version as they were last seen."""

    def learn(self, connection_id: str, fingerprint: str, learned: Shape) -> None:
        """Remember what one more answer taught; a column's type only grows wider."""


class Queries:
    """Asks NetSuite and types the answer. Threads share one."""

    def __init__(self, connections: Connections, shapes: Shapes, answers: Answers) -> None:
        self._connections = connections
        self._shapes = shapes
        self._answers = answers

    def run(
        self,
        grant: Grant,
        *,
        limit: int | None = None,
        max_cells: int | None = None,
        max_age: timedelta | None = None,
        lane: Lane = Lane.INTERACTIVE,
        cancelled: Cancelled | None = None,
    ) -> Frame:
        """The whole answer, or its first `limit` rows. Raises ConnectorError; never a short frame.

        `max_cells` bounds rows times columns, before they are read where the query tells its columns. With `max_age` an
        answer that was read before serves, where it is no older. `lane` says whether somebody waits for the answer;
        nothing more is asked once `cancelled` is set (StoppedError).
        """
        self._connections.allowed(grant.connection, background=lane is Lane.BACKGROUND)
        return self._answers.frame(
            answer_key(grant, limit=limit),
            lambda everybody: self._asked(grant, limit, max_cells, lane, everybody),
            max_age=max_age,
            cancelled=cancelled,
        )

    def _asked(self, grant: Grant, limit: int | None, max_cells: int | None, lane: Lane, cancelled: Cancelled) -> Frame:
        select = read_select_list(grant.query.text)
        max_rows = MOST_ROWS if max_cells is None else min(MOST_ROWS, max_cells // len(select.items))
        access = self._connections.open(grant.connection, background=lane is Lane.BACKGROUND)
        date_format = access.date_format()
        params = [written(value, date_format) for value in grant.query.params]
        answer = access.suiteql.read(
            page_query(select),
            params,
            limit=limit,
            max_rows=max_rows,
            patience=PATIENCE,
            cancelled=cancelled,
            asker=Asker(grant.user, lane),
        )
        frame, learned = build_frame(
            answer.rows,
            select,
            read_date=date_format.parse,
            as_of=answer.as_of,
            proof=Proof(answer.all_pages, answer.consistent, access.scope),
            before=self._shapes.get(grant.connection.id, grant.query.fingerprint),
        )
        self._shapes.learn(grant.connection.id, grant.query.fingerprint, learned)
        return frame


def written(value: BoundValue, date_format: DateFormat) -> str:
    """A value as it is bound: NULL is the empty text, which Oracle takes for it; a date is in the account's format."""
    if value is None:
        return ""
    return date_format.format(value) if isinstance(value, date) else value
