"""Somebody's messages: the badge, the list, what was read and put away, and how they want to be told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from engine.errors import ZhunyuError
from engine.model.messages import APPLICANT, CHANNELS, GROUP, HANDLER, HOLDER, MAIL, OFFICE, SMS, MessageRule
from engine.ports.messages import PERSON, SUBJECT, Address, Delivery, InboxQuery, Line, Preferences
from engine.ports.store import Store
from engine.ports.world import Clock
from engine.services.accounts import Session
from engine.services.message_rules import all_rules
from engine.services.message_writing import role_address
from engine.services.permission import heard_of
from engine.services.separation import SYSTEM, apart

KEPT = timedelta(days=365)  # what is older is not listed
COUNTED = timedelta(days=90)  # what is older is not counted as unread
MOST = 100  # the badge counts no further
BOXES = ("unread", "all", "archived")
STATES = ("waiting", "digest", "sent", "failed", "skipped")
_CONTACTS = {
    SMS: re.compile(r"1[3-9][0-9]{9}", re.ASCII),
    OFFICE: re.compile(r"[A-Za-z0-9._@-]{2,60}", re.ASCII),
    MAIL: re.compile(r"[^@\s]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII),
}


class Badge(msgspec.Struct, frozen=True):
    """What the badge shows, and the ETag that changes with it."""

    unread: int
    etag: str

    @property
    def text(self) -> str:
        """The number as shown."""
        return f"{MOST - 1}+" if self.unread >= MOST else str(self.unread) if self.unread else ""


class InboxPage(msgspec.Struct, frozen=True):
    """A page of the list, the cursor of the next ("" none), and the kinds one can filter by."""

    lines: tuple[Line, ...]
    next: str
    kinds: tuple[tuple[str, str], ...]


class LogPage(msgspec.Struct, frozen=True):
    """A page of the delivery log, newest first, with the title of each message, and counts of the last seven days.

    `names` are those of staff by account; of an applicant only that it is one.
    """

    lines: tuple[tuple[Delivery, str], ...]
    next: str
    counts: Mapping[tuple[str, str], int]
    names: Mapping[str, str]


class Inbox:
    """The messages of whoever is signed in."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def badge(self, session: Session) -> Badge:
        """How many are unread."""
        since = _at(self._clock.now() - COUNTED)
        with self._store.read() as tx:
            unread, newest = tx.messages.unread(session.account.id, addresses_of(session), since, MOST)
        return Badge(unread, f"{unread}-{newest}")

    def page(
        self, session: Session, box: str = "unread", rule: str = "", text: str = "", after: str = "", limit: int = 20
    ) -> InboxPage:
        """A page of a box, newest first; `rule` narrows to a kind, `text` to words."""
        query = InboxQuery(
            account=session.account.id, addresses=addresses_of(session), since=_at(self._clock.now() - KEPT),
            box=box if box in BOXES else "unread", rule=rule, text=text.strip(), after=after, limit=limit,
        )  # fmt: skip
        with self._store.read() as tx:
            lines, rules = tx.messages.inbox(query), all_rules(tx)
        last = lines[limit - 1].message if len(lines) > limit else None
        kinds = tuple((one.id, one.title) for one in rules if _reaches(one, session))
        return InboxPage(lines[:limit], f"{last.at}|{last.id}" if last else "", kinds)

    def open(self, session: Session, id: str) -> Line:
        """One message, read from now on; A003 when it is not theirs."""
        with self._store.write() as tx:
            line = tx.messages.line(session.account.id, addresses_of(session), id)
            if line is None:
                raise ZhunyuError("A003", "没有这条消息。", "请从消息列表重新进入。", status=404)
            tx.messages.mark(session.account.id, line.message.event, read_at=_at(self._clock.now()))
        return line

    def put(self, session: Session, ids: tuple[str, ...], what: str) -> int:
        """Mark messages: read | archive | back; those that are not theirs are left out. How many."""
        now, done = _at(self._clock.now()), 0
        with self._store.write() as tx:
            for id in dict.fromkeys(ids[:MOST]):
                line = tx.messages.line(session.account.id, addresses_of(session), id)
                if line is not None:
                    archived = {"archive": now, "back": ""}.get(what)
                    tx.messages.mark(session.account.id, line.message.event, read_at=now, archived_at=archived)
                    done += 1
        return done

    def read_all(self, session: Session) -> int:
        """Mark what is unread as read, a hundred at a time; how many."""
        page = self.page(session, "unread", limit=MOST)
        return self.put(session, tuple(line.message.id for line in page.lines), "read")

    def preferences(self, session: Session) -> tuple[Preferences, tuple[MessageRule, ...]]:
        """What they chose, and the kinds that can reach them outward."""
        with self._store.read() as tx:
            kept, rules = tx.messages.preferences(session.account.id), all_rules(tx)
        return kept or Preferences(), tuple(one for one in rules if one.channels and _reaches(one, session))

    def prefer(self, session: Session, wanted: Preferences) -> Preferences:
        """Keep what they want; A004 for hours or contacts that cannot be. Statutory kinds stay on."""
        for name, hour in (("汇总", wanted.digest), ("免打扰", wanted.quiet_from), ("免打扰", wanted.quiet_to)):
            if not (-1 if name == "汇总" else 0) <= hour <= 23:
                raise ZhunyuError("A004", f"{name}的时间不对。", "请选 0 到 23 点。", status=422)
        contacts = {channel: text.strip() for channel, text in wanted.contacts.items() if text.strip()}
        for channel, text in contacts.items():
            if channel not in CHANNELS or not _CONTACTS[channel].fullmatch(text):
                raise ZhunyuError("A004", f"{channel}的联系方式不对。", "请核对后重新填写。", status=422)
        with self._store.write() as tx:
            statutory = {one.id for one in all_rules(tx) if one.statutory}
            off = {
                rule: tuple(one for one in channels if one in CHANNELS)
                for rule, channels in wanted.off.items() if rule not in statutory
            }  # fmt: skip
            kept = {rule: some for rule, some in off.items() if some}
            made = msgspec.structs.replace(wanted, contacts=contacts, off=kept)
            tx.messages.prefer(session.account.id, made)
        return made

    def log(self, session: Session, state: str = "", channel: str = "", after: str = "", limit: int = 30) -> LogPage:
        """The delivery log, for the system operator; A002 for anybody else."""
        if SYSTEM not in session.account.roles:
            raise ZhunyuError("A002", "只有系统岗位可以查看发送记录。", "", status=403)
        since = _at(self._clock.now() - timedelta(days=7))
        with self._store.read() as tx:
            lines = tx.messages.deliveries(
                state if state in STATES else "", channel if channel in CHANNELS else "", after, limit
            )
            counts = tx.messages.delivery_counts(since)
            accounts = {id: tx.accounts.account(id) for id in dict.fromkeys(one.account for one, _ in lines)}
        names = {id: one.name if one is not None and one.kind == "staff" else "申请人" for id, one in accounts.items()}
        last = lines[limit - 1][0] if len(lines) > limit else None
        return LogPage(lines[:limit], f"{last.at}|{last.id}" if last else "", counts, names)


def addresses_of(session: Session) -> tuple[Address, ...]:
    """Whose messages a session sees: the person's, those of each role held today in its place, the subject's."""
    account = session.account
    found = [Address(PERSON, account.id)]
    if account.kind == "staff":
        found += [role_address(role, place) for role, place in heard_of(account)]
    elif session.subject is not None:
        found.append(Address(SUBJECT, session.subject.code))
    return tuple(found)


def _reaches(rule: MessageRule, session: Session) -> bool:
    if session.account.kind != "staff":
        return bool({APPLICANT, HOLDER} & set(rule.to))
    roles = session.account.roles
    return bool({*roles, *(() if apart(roles) else (HANDLER, GROUP))} & set(rule.to))


def _at(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds")
