"""SuiteQL as NetSuite answers it: Oracle semantics on DuckDB, or a refusal."""
