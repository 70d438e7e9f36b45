"""Consents that end soon, whatever is refreshed."""

from __future__ import annotations

from collections.abc import Sequence

from connector.ways_in.certificates import Expiring
from connector.ways_in.parts import Parts


class RunningOut(Parts):
    """Looks at the ends of consents."""

    def ending_grants(self, days: Sequence[int]) -> list[Expiring]:
        """Connections whose consent ends within one of these spans, the nearest end first.

        A span as long as the consent itself counts for nothing: it would be told together with the consent.
        """
        now = self._clock()
        found = []
        for one in self._vault.everyones():
            grant = None if one.ends_at is None or one.state != "enabled" else self._vault.grants.get(one)
            if grant is None or grant.ends_at is None or one.trouble is not None:
                continue
            left, whole = (grant.ends_at - now).days, (grant.ends_at - grant.created_at).days
            within = [span for span in days if left < span < whole]
            if within:
                found.append(Expiring(one, grant.ends_at, left, min(within)))
        return sorted(found, key=lambda each: each.expires_at)
