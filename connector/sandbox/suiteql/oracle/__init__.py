"""Oracle's own rules in plain Python: numbers, dates, text and format models. Nothing here knows of SQL or DuckDB."""
