"""What the database refuses, as errors with a remedy."""

from __future__ import annotations

from connector.errors import ConnectorError, SettingError


def bad_database(cause: str) -> SettingError:
    """The error where it cannot be used at all."""
    return SettingError(
        f"The database cannot be used: {cause}.",
        code="BAD_DATABASE",
        remedy="Check CONNECTOR_DATA and CONNECTOR_DATABASE_URL: a file on a local disk that this server may write to, "
        "with space left, made by NSQuery; or a PostgreSQL server that takes the connection.",
    )


def database_busy() -> ConnectorError:
    """The error where waiting for others took too long."""
    return ConnectorError(
        "The database is held by another process.",
        code="DATABASE_BUSY",
        remedy="Ask again; if it stays, end the other program that has the database file open, or the session of PostgreSQL "
        "that holds its locks.",
        retryable=True,
    )
