"""Run by the environment that has PyPI's `netsuite`: read a query to its end, page by page, and print its items."""

import asyncio
import json
import sys

from netsuite import Config, NetSuiteRestApi, TokenAuth

wanted = json.load(sys.stdin)


async def main() -> None:
    api = NetSuiteRestApi(Config(account=wanted["account"], auth=TokenAuth(**wanted["auth"])))
    items, offset = [], 0
    while True:
        page = await api.suiteql(q=wanted["q"], limit=wanted["limit"], offset=offset)
        items += page["items"]
        offset += page["count"]
        if not page["hasMore"]:
            break
    json.dump({"items": items, "total": page["totalResults"]}, sys.stdout)


asyncio.run(main())
