"""The database: engine, tables, migrations, and what is kept of a query's columns."""
