"""NSQuery: NetSuite in Excel and Google Sheets."""

__version__ = "0.1.0"
