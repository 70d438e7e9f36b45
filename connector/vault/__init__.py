"""Credentials at rest: sealed, bound to the origin they may go to, handed to nobody but their owner."""
