"""The only place that builds what the service is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from connector.answers import Answers
from connector.audit.log import AuditLog
from connector.connections import Connections
from connector.core.mail_server import sender_of
from connector.db.column_shapes import ColumnShapes
from connector.db.engine import Database, open_database
from connector.db.utc_time import utc_now
from connector.egress import Egress, Origin
from connector.housekeeping.news import News
from connector.housekeeping.rounds import Housekeeping, Task
from connector.housekeeping.tidying import Tidying
from connector.housekeeping.watch import Watch
from connector.library.library import Library
from connector.notices.anchors import Anchors
from connector.notices.delivery import Delivery
from connector.notices.outbox import Outbox
from connector.notices.signed_webhook import SignedWebhook
from connector.notices.smtp import SmtpMailer
from connector.notices.syslog import Syslog
from connector.notices.wording import Wording
from connector.people.devices import Devices
from connector.people.identities import Identities
from connector.people.openid_provider import OpenIdProvider
from connector.people.passkeys import Passkeys
from connector.people.passwords import Passwords
from connector.people.pauses import Pauses
from connector.people.people import People
from connector.people.quiet_hours import QuietTimes
from connector.people.revoke_links import RevokeLinks
from connector.people.sessions import Sessions
from connector.people.shares import Shares
from connector.people.sign_in import SignIn
from connector.people.totp import Totp
from connector.queries import Queries
from connector.runs import Runs
from connector.settings import Settings
from connector.vault.api_tokens import ApiTokens
from connector.vault.cached_answers import CachedAnswers
from connector.vault.connections import Vault
from connector.vault.envelope import Envelope
from connector.vault.key_ring import KeyRing, open_key_ring
from connector.vault.part_secrets import AUDIT_WEBHOOK, OIDC, SMTP, part_origin
from connector.ways_in import WaysIn

_LAST_SECONDS = 3.0
_WEBHOOK_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a door needs."""

    settings: Settings
    database: Database
    keys: KeyRing
    vault: Vault
    tokens: ApiTokens
    connections: Connections
    ways_in: WaysIn
    queries: Queries
    runs: Runs
    audit: AuditLog
    people: People
    sign_in: SignIn
    totp: Totp
    openid: OpenIdProvider | None
    identities: Identities
    passkeys: Passkeys
    sessions: Sessions
    devices: Devices
    shares: Shares
    library: Library
    pauses: Pauses
    quiet_times: QuietTimes
    revoke_links: RevokeLinks
    housekeeping: Housekeeping

    def close(self) -> None:
        """Close what is open, the latest first."""
        self.housekeeping.stop(_LAST_SECONDS)
        self.runs.close()
        self.connections.close()  # what waits for NetSuite fails now
        self.runs.join(_LAST_SECONDS)
        self.database.close()


def build(settings: Settings) -> Services:
    """Open the database and the key ring and put the parts together. Raises SettingError."""
    database = open_database(settings.database_url)
    try:
        keys = open_key_ring(settings, database)
        vault = Vault(database, keys)
    except BaseException:
        database.close()
        raise
    connections = Connections(vault, settings)
    cached = CachedAnswers(database, Envelope(keys), room=settings.cache_mb * 1024 * 1024)
    audit, tokens, passwords = AuditLog(database), ApiTokens(database), Passwords()
    totp = Totp(database, Envelope(keys))
    ways_in = WaysIn(vault, connections, settings)
    revoke_links = RevokeLinks(database, audit)
    return Services(
        settings=settings,
        database=database,
        keys=keys,
        vault=vault,
        tokens=tokens,
        connections=connections,
        ways_in=ways_in,
        queries=Queries(connections, ColumnShapes(database), Answers(cached, vault.leases)),
        runs=Runs(),
        audit=audit,
        people=People(database, audit, passwords=passwords),
        sign_in=SignIn(database, passwords, totp, audit, utc_now),
        totp=totp,
        openid=_openid(settings, vault),
        identities=Identities(database, audit),
        passkeys=Passkeys(database, audit),
        sessions=Sessions(database),
        devices=Devices(database, tokens, audit),
        shares=Shares(database, audit),
        library=Library(database, audit),
        pauses=Pauses(database, audit),
        quiet_times=QuietTimes(database, audit),
        revoke_links=revoke_links,
        housekeeping=_housekeeping(
            settings,
            database=database,
            vault=vault,
            connections=connections,
            ways_in=ways_in,
            audit=audit,
            revoke_links=revoke_links,
        ),
    )


def _openid(settings: Settings, vault: Vault) -> OpenIdProvider | None:
    """The sign-in provider, where the settings name one; its secret is opened each time it is sent."""
    if settings.oidc_issuer is None:
        return None

    def secret() -> str | None:
        return vault.part_secrets.get(OIDC, origin=part_origin(settings, OIDC))

    return OpenIdProvider(
        settings.oidc_issuer,
        settings.oidc_client_id or "",
        secret,
        origins=settings.oidc_origins,
        ca_file=settings.ca_file,
    )


def _housekeeping(
    settings: Settings,
    *,
    database: Database,
    vault: Vault,
    connections: Connections,
    ways_in: WaysIn,
    audit: AuditLog,
    revoke_links: RevokeLinks,
) -> Housekeeping:
    """What the service does by itself, once it is served."""
    outbox, wording = Outbox(database, is_open=settings.smtp_url is not None), Wording(settings.public_url)
    watch = Watch(
        database, vault=vault, connections=connections, ways_in=ways_in, audit=audit, outbox=outbox, wording=wording
    )
    tidying = Tidying(database, audit, audit_days=settings.audit_days, cache_days=settings.cache_days)
    tasks = [
        Task("news", News(database, vault, outbox, wording).run),
        Task("troubles", watch.tell_troubles),
        Task("ends", watch.tell_ends, timedelta(hours=1)),
        Task("tidying", tidying.forget_what_is_over, timedelta(hours=1)),
        Task("audit-cut", tidying.cut_the_log, timedelta(hours=1)),
        Task("unknown-certificates", watch.look_for_unknown_certificates, timedelta(days=1), waits=True),
        Task("certificate-changes", watch.change_certificates, timedelta(hours=6), waits=True),
    ]
    anchors = _anchors(settings, vault, audit)
    if anchors:
        tasks.append(Task("anchors", anchors.send, timedelta(hours=1), at_end=True))
    mailer = _mailer(settings, vault)
    if mailer is not None:
        # Last, so that what was just written goes out with it.
        tasks.append(Task("mail", Delivery(outbox, mailer, _revoke_address(wording, revoke_links)).run))
    return Housekeeping(vault.leases, tasks)


def _mailer(settings: Settings, vault: Vault) -> SmtpMailer | None:
    server = settings.smtp_url
    if server is None or settings.mail_from is None:
        return None
    return SmtpMailer(
        server,
        sender_of(settings.mail_from),
        lambda: vault.part_secrets.get(SMTP, origin=server.origin),
        ca_file=settings.ca_file,
    )


def _anchors(settings: Settings, vault: Vault, audit: AuditLog) -> Anchors:
    hook, webhook = settings.audit_webhook, None
    if hook is not None:
        # Its host is the settings' own: it may stand inside the network, and no answer leads elsewhere.
        origin = Origin.parse(hook.origin, configured=True)
        egress = Egress("The audit webhook", origin, ca_file=settings.ca_file, timeout=_WEBHOOK_SECONDS)
        webhook = SignedWebhook(hook, egress, lambda: vault.part_secrets.get(AUDIT_WEBHOOK, origin=hook.origin))
    syslog = None if settings.audit_syslog is None else Syslog(settings.audit_syslog)
    return Anchors(audit, syslog=syslog, webhook=webhook, service=settings.public_url or "nsquery")


def _revoke_address(wording: Wording, links: RevokeLinks) -> Callable[[str], str | None]:
    """Makes the address that ends a token; there is none where nobody could open it."""

    def made(token_id: str) -> str | None:
        return None if wording.link("/") is None else wording.link(f"/revoke/{links.make(token_id)}")

    return made
