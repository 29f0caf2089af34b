"""Messages on their way out: from a message to the people it is for, to their channels, at the hours they accept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from engine.model.messages import MAIL, OFFICE
from engine.model.values import Json
from engine.ports.accounts import Account
from engine.ports.effects import Job
from engine.ports.messages import (
    DIGEST,
    FAILED,
    PERSON,
    ROLE,
    SENT,
    SKIPPED,
    SUBJECT,
    WAITING,
    Address,
    Delivery,
    Message,
    Messenger,
    Preferences,
)
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids
from engine.services.message_writing import NOTIFY, Telling, tell
from engine.services.permission import heard_of
from engine.services.standing import Standings

MESSAGE, GATHERED = "message", "digest"
KINDS = (NOTIFY, MESSAGE, GATHERED)


class Sending:
    """Carries out the jobs of messages; every step may be repeated without anybody hearing twice."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, messenger: Messenger, standings: Standings
    ) -> None:
        self._store, self._clock, self._ids, self._messenger = store, clock, ids, messenger
        self._standings = standings

    def run(self, job: Job) -> str:
        """Do one job; "" when done, else why to try again."""
        if job.kind == NOTIFY:
            return self._notify(str(job.body["message"]))
        return self._gathered(job) if job.kind == GATHERED else self._send(str(job.body["delivery"]), job.key)

    def give_up(self, job: Job, reason: str) -> None:
        """A message could not be sent: the log says so, and the operator is told. A digest goes with the next one."""
        now = self._clock.now()
        with self._store.write() as tx:
            if "delivery" in job.body:
                tx.messages.settle(str(job.body["delivery"]), FAILED, _at(now), reason)
            told = Telling(
                key=f"message.{job.to}.{_at(now)[:13]}", words={"渠道": job.to or "站内", "原因": reason},
                link="deliveries",
            )  # fmt: skip
            tell(tx, self._ids, "消息发送失败", told, _at(now))

    def push_failed(self, job: Job, reason: str) -> None:
        """A push was given up: the operator is told, once an hour for each receiver."""
        now = self._clock.now()
        with self._store.write() as tx:
            words = {"对方": job.to, "任务": f"“{job.event}”推送", "原因": reason}
            told = Telling(key=f"push.{job.to}.{_at(now)[:13]}", words=words, link="outbox")
            tell(tx, self._ids, "推送失败", told, _at(now))

    def _notify(self, id: str) -> str:
        """Find who a message goes to, and put each way on its way."""
        now = self._clock.now()
        with self._store.write() as tx:
            found = tx.messages.addressed(id)
            if found is None:
                return ""
            message, address = found
            for account in self._recipients(tx, message, address, now):
                wanted = tx.messages.preferences(account.id) or Preferences()
                for channel in message.channels:
                    if message.statutory or channel not in wanted.off.get(message.rule, ()):
                        self._deliver(tx, message, account, channel, wanted, address.kind == ROLE, now)
        return ""

    def _recipients(self, tx: Transaction, message: Message, address: Address, now: datetime) -> Iterator[Account]:
        if address.kind == ROLE:
            role, _, district = address.value.partition("|")
            for one in self._standings.of_all(tx, tx.accounts.list("staff"), now.date()):
                if (role, district) in heard_of(one):
                    yield one
            return
        id = message.contact if address.kind == SUBJECT else address.value
        account = tx.accounts.account(id) if id and address.kind in (PERSON, SUBJECT) else None
        if account is not None and account.active:
            yield account

    def _deliver(
        self, tx: Transaction, message: Message, account: Account, channel: str, wanted: Preferences, of_role: bool,
        now: datetime,
    ) -> None:  # fmt: skip
        contact, ripe, state, why = contact_of(account, wanted, channel), now, WAITING, ""
        if not contact:
            if of_role:
                return
            state, why = SKIPPED, f"没有登记{channel}的联系方式"
        elif wanted.digest >= 0 and not message.urgent and not message.statutory:
            state, ripe = DIGEST, next_hour(now, wanted.digest)
        elif not message.urgent:
            ripe = after_quiet(now, wanted)
        delivery = Delivery(
            id=self._ids.new(), event=message.event, account=account.id, channel=channel, message=message.id,
            state=state, at=_at(now), ripe=_at(ripe), why=why,
        )  # fmt: skip
        if not tx.messages.deliver(delivery) or state == SKIPPED:
            return
        body: dict[str, Json] = {"delivery": delivery.id}
        key, kind = f"{MESSAGE}-{delivery.id}", MESSAGE
        if state == DIGEST:
            body = {"account": account.id, "channel": channel, "until": _at(ripe)}
            key, kind = f"{GATHERED}-{account.id}-{channel}-{_at(ripe)[:13]}", GATHERED
        tx.effects.enqueue(
            Job(id=self._ids.new(), kind=kind, case="", seq=0, to=channel, event=message.title[:20], body=body, key=key,
                created_at=_at(now), next_at=ripe.isoformat(timespec="milliseconds"))
        )  # fmt: skip

    def _send(self, id: str, key: str) -> str:
        with self._store.read() as tx:
            delivery = tx.messages.delivery(id)
            found = tx.messages.addressed(delivery.message) if delivery is not None else None
            if delivery is None or found is None or delivery.state not in (WAITING, FAILED):
                return ""
            account = tx.accounts.account(delivery.account)
            wanted = tx.messages.preferences(delivery.account) or Preferences()
        message, contact = found[0], contact_of(account, wanted, delivery.channel) if account is not None else ""
        if account is None or not account.active or not contact:
            return self._settled((delivery,), SKIPPED, "账号已停用或没有联系方式")
        body = _body(delivery.id, contact, delivery.channel, message.title, message.outward, message.urgent, message.at)
        reason = self._messenger.send(delivery.channel, body, key)
        return reason or self._settled((delivery,), SENT)

    def _gathered(self, job: Job) -> str:
        account_id, channel = str(job.body["account"]), str(job.body["channel"])
        with self._store.read() as tx:
            waiting = self._waiting(tx, job)
            account = tx.accounts.account(account_id)
            wanted = tx.messages.preferences(account_id) or Preferences()
        if not waiting:
            return ""
        deliveries = tuple(one for one, _ in waiting)
        contact = contact_of(account, wanted, channel) if account is not None and account.active else ""
        if not contact:
            return self._settled(deliveries, SKIPPED, "账号已停用或没有联系方式")
        text = digest_text([message for _, message in waiting])
        body = _body(job.id, contact, channel, "消息汇总", text, False, str(job.body["until"]))
        reason = self._messenger.send(channel, body, job.key)
        return reason or self._settled(deliveries, SENT, "并入汇总")

    def _waiting(self, tx: Transaction, job: Job) -> tuple[tuple[Delivery, Message], ...]:
        """What a digest gathers; what comes after its hour is for the next, so that it says the same when repeated."""
        return tx.messages.gathered(str(job.body["account"]), str(job.body["channel"]), str(job.body["until"]))

    def _settled(self, deliveries: tuple[Delivery, ...], state: str, why: str = "") -> str:
        with self._store.write() as tx:
            for one in deliveries:
                tx.messages.settle(one.id, state, _at(self._clock.now()), why)
        return ""


def contact_of(account: Account, wanted: Preferences, channel: str) -> str:
    """The number or address of a channel; on the office platform staff are known by their login."""
    return wanted.contacts.get(channel, "") or (account.login if channel == OFFICE and account.kind == "staff" else "")


def after_quiet(now: datetime, wanted: Preferences) -> datetime:
    """Now, or the end of the quiet hours that it lies in."""
    first, last = wanted.quiet_from, wanted.quiet_to
    quiet = first <= now.hour < last if first <= last else now.hour >= first or now.hour < last
    return next_hour(now, last) if quiet else now


def next_hour(now: datetime, hour: int) -> datetime:
    """The next full `hour` after now."""
    at = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return at if at > now else at + timedelta(days=1)


def digest_text(messages: list[Message]) -> str:
    """What a digest says: how many of which kind."""
    kinds = Counter(one.title for one in messages)
    listed = "，".join(f"{title} {count} 条" for title, count in kinds.items())
    return f"您有 {len(messages)} 条消息：{listed}。请登录查看。"


def _body(
    id: str, contact: str, channel: str, title: str, text: str, urgent: bool, at: str
) -> dict[str, Json]:
    body: dict[str, Json] = {"message_id": id, "to": contact, "content": text, "urgent": urgent, "created_at": at}
    return {**body, "subject": title} if channel == MAIL else body


def _at(now: datetime) -> str:
    return now.isoformat(timespec="seconds")
