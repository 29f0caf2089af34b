"""Staff who come from outside: by single sign-on (OIDC) or with a ticket of the office platform (一体化办公平台)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import msgspec

from engine.errors import ZhunyuError
from engine.model.sign_in import TICKET, Came
from engine.ports.accounts import Account
from engine.ports.identity import Identity, StaffTable
from engine.ports.store import Store
from engine.ports.world import Clock, Ids
from engine.services.separation import OFFICERS, check_roles
from engine.services.sessions import Session, digest_of, tell, tell_failure
from engine.services.sign_in import SignIn, UnderWay
from engine.trust import sm2
from engine.trust.sign_in import LEEWAY, LONGEST, Ticket, read_ticket

SSO, OFFICE = "sso", "office"
_ONCE = timedelta(seconds=LONGEST + 2 * LEEWAY)
_NEXT = "请联系本单位系统管理员登记后再进入。"


class StaffEntry:
    """Maps people of outside systems to accounts by a declared table; who is not in it does not get in."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, signing_in: SignIn, table: Callable[[], StaffTable],
        issuer: str, audience: str, trusted: Callable[[], Mapping[str, sm2.PublicKey]],
    ) -> None:  # fmt: skip
        self._store, self._clock, self._ids, self._signing_in = store, clock, ids, signing_in
        self._table, self._issuer, self._audience, self._trusted = table, issuer, audience, trusted

    def enter(self, source: str, identity: Identity, came: Came) -> Session | UnderWay:
        """Who an outside system says it is; A011 (403) for people the table does not know, with the reason."""
        try:
            account = self._account(source, identity)
        except ZhunyuError as error:
            self._refused("", "登录失败 未登记", came, source=source, subject=identity.subject[:100], why=error.what)
            raise
        return self._signing_in.known(account, msgspec.structs.replace(came, strong=identity.strong))

    def ticket(self, text: str, came: Came) -> Ticket:
        """A genuine ticket, looked at before its holder confirms; A011 with the reason."""
        try:
            return read_ticket(
                text, issuer=self._issuer, audience=self._audience, trusted=self._trusted(), now=self._clock.now()
            )
        except ZhunyuError as error:
            if error.code == "A011":
                self._refused("", "登录失败 凭据无效", came, source=OFFICE, why=error.what)
            raise

    def with_ticket(self, text: str, came: Came) -> Session | UnderWay:
        """Sign in with a ticket, once."""
        ticket = self.ticket(text, came)
        until = (self._clock.now() + _ONCE).isoformat()
        with self._store.write() as tx:
            fresh = tx.sign_in.once("ticket", digest_of(f"{ticket.iss}\0{ticket.jti}"), until)
        if not fresh:
            self._refused("", "登录失败 凭据重放", came, source=OFFICE, subject=ticket.sub[:100])
            raise ZhunyuError("A011", "办公平台的登录凭据已经用过。", "请回到办公平台重新进入。", status=401)
        identity = Identity(
            ticket.sub, ticket.name, 2, "", (), unit=ticket.unit, posts=ticket.posts, strong=ticket.factors > 1
        )
        return self.enter(OFFICE, identity, msgspec.structs.replace(came, how=TICKET))

    def _account(self, source: str, identity: Identity) -> Account:
        table = self._table()
        named = next(
            (one for one in table.people if (one.source, one.subject) == (source, identity.subject)), None
        )  # fmt: skip
        if named is not None:
            with self._store.read() as tx:
                found = tx.accounts.by_login("staff", named.login)
            if found is None:
                raise ZhunyuError("A011", f"您对应的账号 {named.login} 还没有建立。", _NEXT, status=403)
            return found[0]
        return self._kept(f"{source}:{identity.subject}", identity, *_mapped(table, identity))

    def _kept(self, login: str, identity: Identity, district: str, roles: tuple[str, ...]) -> Account:
        """The account of a person of an outside system, which follows what that system and the table say."""
        with self._store.write() as tx:
            found = tx.accounts.by_login("staff", login)
            account = Account(
                id=found[0].id if found else self._ids.new(), login=login, kind="staff", name=identity.name, level=2,
                roles=roles, district=district, active=found[0].active if found else True,
            )  # fmt: skip
            if found is None:
                tx.accounts.add(account, "", self._clock.now().isoformat())
            elif found[0] != account:
                tx.accounts.update(account)
            if found is None or (found[0].roles, found[0].district) != (roles, district):
                what = "改岗位" if found else "新建账号"
                tell(
                    tx, self._clock, self._ids, account.id, what, actor="system", roles=list(roles), district=district
                )
        return account

    def _refused(self, account: str, what: str, came: Came, **content: str) -> None:
        with self._store.write() as tx:
            tell_failure(tx, self._clock, self._ids, account, what, address=came.address, **content)


def _mapped(table: StaffTable, identity: Identity) -> tuple[str, tuple[str, ...]]:
    """The district and roles of a person; A011 (403) when the table does not give both."""
    district = next((one.district for one in table.units if one.unit == identity.unit), "")
    if not district:
        unit = f"（编码 {identity.unit[:50]}）" if identity.unit else ""
        raise ZhunyuError("A011", f"您所在的单位{unit}没有在本系统登记。", _NEXT, status=403)
    found = (role for one in table.posts if one.post in identity.posts for role in one.roles)
    roles = tuple(dict.fromkeys(found))
    if not roles:
        raise ZhunyuError("A011", "您的岗位没有在本系统登记。", _NEXT, status=403)
    check_roles(roles)
    if set(roles) & set(OFFICERS):
        raise ZhunyuError("A011", "系统、安全、审计岗位不能由外部系统给出。", _NEXT, status=403)
    return district, roles
