"""What the sandbox keeps of what it received: enough to compare, and never more than memory holds."""

from __future__ import annotations

from connector.sandbox.received import ReceivedRequests
from connector.sandbox.wire import Request

MEBIBYTE = 2**20


def kept(sizes: list[int]) -> list[int]:
    received = ReceivedRequests()
    for size in sizes:
        received.add(Request("POST", "http://127.0.0.1", "/x", body=b"x" * size))
    return [len(one.body) for one in received.all()]


def test_the_last_five_hundred_are_kept():
    assert kept(list(range(600))) == list(range(100, 600))


def test_large_bodies_push_older_ones_out():
    assert kept([MEBIBYTE] * 40) == [MEBIBYTE] * 16
    assert kept([5, *[MEBIBYTE] * 16]) == [MEBIBYTE] * 16
    assert kept([5, *[MEBIBYTE] * 15, 7]) == [5, *[MEBIBYTE] * 15, 7]


def test_secrets_are_not_kept():
    received = ReceivedRequests()
    headers = {"authorization": "Bearer abc", "cookie": "JSESSIONID=1", "prefer": "transient"}
    received.add(Request("GET", "http://127.0.0.1", "/x", headers=headers))
    assert received.all()[0].headers == {"authorization": "Bearer", "prefer": "transient"}
