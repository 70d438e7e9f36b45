"""What a query's columns were is remembered for each connection, in order, and goes with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.core.known_fields import Type
from connector.db.column_shapes import ColumnShapes
from connector.db.engine import Database, open_database
from connector.db.tables import connection, integration_record, user_account
from connector.db.utc_time import utc_now
from tests.postgres import drop, migrated_postgres_url

SHAPE = {"tranid": Type.TEXT, "amount": Type.DECIMAL, "account": Type.INTEGER}


@pytest.fixture(params=["sqlite", "postgresql"])
def database(url, request) -> Iterator[Database]:
    """One of each kind."""
    address = url if request.param == "sqlite" else migrated_postgres_url()
    database = open_database(address)
    yield database
    database.close()
    if request.param == "postgresql":
        drop(address)


@pytest.fixture
def shapes(database) -> ColumnShapes:
    with database.write() as transaction:
        at = utc_now()
        transaction.execute(user_account.insert().values(id="u", name="ann", created_at=at))
        record = {"id": "r", "account_id": "1234567", "application": "h", "name": "n", "description": "", "note": ""}
        transaction.execute(
            integration_record.insert().values(**record, state="enabled", created_at=at, created_by="u")
        )
        shared = {"owner_id": "u", "integration_record_id": "r", "method": "tba", "origin": "https://h"}
        for name in ("c1", "c2"):
            transaction.execute(
                connection.insert().values(**shared, id=name, name=name, state="enabled", created_at=at)
            )
    return ColumnShapes(database)


def test_a_query_never_seen_has_no_shape(shapes):
    assert shapes.get("c1", "f") is None


def test_a_shape_comes_back_in_column_order(shapes):
    shapes.learn("c1", "f", SHAPE)
    assert list(shapes.get("c1", "f").items()) == list(SHAPE.items())


def test_a_type_only_grows_wider_whichever_answer_comes_first(shapes):
    learned = [SHAPE, {"account": Type.TEXT}, {"account": Type.INTEGER, "amount": Type.INTEGER, "memo": Type.TEXT}]
    for query, order in (("f", learned), ("g", learned[::-1])):
        for shape in order:
            shapes.learn("c1", query, shape)
        assert shapes.get("c1", query) == {**SHAPE, "account": Type.TEXT, "memo": Type.TEXT}


def test_an_answer_that_teaches_nothing_writes_nothing(database, shapes):
    shapes.learn("c1", "f", SHAPE)
    with database.write() as transaction:
        transaction.exec_driver_sql("UPDATE column_shape SET updated_at = '2001-01-01T00:00:00.000000Z'")
    shapes.learn("c1", "f", {"tranid": Type.TEXT})
    shapes.learn("c1", "f", {})
    with database.read() as transaction:
        assert transaction.exec_driver_sql("SELECT substr(updated_at, 1, 4) FROM column_shape").scalar() == "2001"


def test_another_connection_and_another_query_have_their_own(shapes):
    shapes.learn("c1", "f", SHAPE)
    assert shapes.get("c2", "f") is None
    assert shapes.get("c1", "g") is None


def test_a_shape_goes_with_its_connection(database, shapes):
    shapes.learn("c1", "f", SHAPE)
    with database.write() as transaction:
        transaction.exec_driver_sql("DELETE FROM connection WHERE id = 'c1'")
    assert shapes.get("c1", "f") is None
    shapes.learn("c1", "f", SHAPE)
    assert shapes.get("c1", "f") is None


def test_a_type_of_a_later_version_is_as_good_as_none(database, shapes):
    shapes.learn("c1", "f", SHAPE)
    with database.write() as transaction:
        transaction.exec_driver_sql("""UPDATE column_shape SET columns = '[["a", "duration"]]'""")
    assert shapes.get("c1", "f") is None
