"""Frames for tests, made as answers are."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from connector.core.frame import Proof, build_frame
from connector.core.select_list import read_select_list

AS_OF = datetime(2026, 2, 1, 7, 0, tzinfo=UTC)
PROOF = Proof(all_pages=True, consistent=None, scope="role Controller, account 1234567")


def us_date(text):
    match = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
    try:
        return date(int(match[3]), int(match[1]), int(match[2])) if match else None
    except ValueError:
        return None


def frame_of(sql, rows, before=None):
    return frame_and_shape(sql, rows, before)[0]


def frame_and_shape(sql, rows, before=None):
    """The frame, and what its answer taught."""
    return build_frame(rows, read_select_list(sql), read_date=us_date, as_of=AS_OF, proof=PROOF, before=before)
