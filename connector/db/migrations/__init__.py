"""How a database comes to have today's tables, step by step, from files in this package."""

from __future__ import annotations

import sqlalchemy as sa

from connector.errors import SettingError

NEWEST = "0003"
_VERSION = sa.table("alembic_version", sa.column("version_num", sa.String))


def migrate(connection: sa.Connection) -> None:
    """Bring the tables up to date inside the caller's transaction: all steps or none.

    Raises SettingError (code DATABASE_TOO_NEW) where a later version of NSQuery has been at work.
    """
    if sa.inspect(connection).has_table("alembic_version"):
        version = connection.scalar(sa.select(_VERSION.c.version_num))
        if version == NEWEST:
            return
        if version is not None and version > NEWEST:
            raise SettingError(
                f"The database has tables of a later version of NSQuery ({version}; this one knows {NEWEST}).",
                code="DATABASE_TOO_NEW",
                remedy="Start the newer version again, or restore the backup made before it was first started.",
            )
    # Alembic is imported where there is a step to take: every start would wait for it.
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "connector.db:migrations")
    command.upgrade(config, "head")
