"""Ways in: from what a person has to a connection that works, and how it goes on working.

Every step that leads to a credential begins here: entering an integration record, consent in the browser, a certificate that
an administrator uploads, the move from TBA to OAuth 2.0, and the end of it all.
"""

from __future__ import annotations

from connector.ways_in.certificates import Certificates
from connector.ways_in.consents import Consents
from connector.ways_in.endings import Endings
from connector.ways_in.issued_tokens import IssuedTokens
from connector.ways_in.migrations import Migrations
from connector.ways_in.recommendation import Answers, offered, recommend
from connector.ways_in.records import Records
from connector.ways_in.running_out import RunningOut
from connector.ways_in.token_consents import TokenConsents

__all__ = ["Answers", "WaysIn", "offered", "recommend"]


class WaysIn(Records, Consents, TokenConsents, IssuedTokens, Certificates, RunningOut, Migrations, Endings):
    """All of them, for the doors: WaysIn(vault, connections, settings, clock)."""
