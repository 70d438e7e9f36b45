"""The query library: queries with a name, so that a cell holds `open_invoices` and not forty lines of SuiteQL."""
