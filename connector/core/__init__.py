"""The pure part: from a formula to a question, from rows to a typed frame, from a frame to a spreadsheet.

One rule: no I/O, no clock, no flask, no database.
"""
