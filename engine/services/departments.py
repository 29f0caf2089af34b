"""Other departments that use our certificates: who they are, what for, and the tokens of their systems."""

from __future__ import annotations

from engine.errors import ZhunyuError
from engine.ports.accounts import Account
from engine.ports.store import Store
from engine.ports.world import Clock, Ids
from engine.services.accounts import Accounts
from engine.services.recording import record

KIND, SCOPE, TRANSFER = "department", "provide", "transfer"
_LONGEST = 100  # characters of a matter's name


class Departments:
    """The departments and the matters of theirs for which they may ask for certificates."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids, accounts: Accounts) -> None:
        self._store, self._clock, self._ids, self._accounts = store, clock, ids, accounts

    def register(self, login: str, name: str, matters: tuple[str, ...]) -> Account:
        """Enter a department, or give it another name and other matters; A004 without a name or a matter."""
        wanted = tuple(dict.fromkeys(matter.strip() for matter in matters if matter.strip()))
        if not name.strip() or not wanted or any(len(matter) > _LONGEST for matter in wanted):
            raise ZhunyuError("A004", "请写明部门名称和至少一个用途事项。", "事项名称至多 100 字。", status=422)
        now = self._clock.now().isoformat(timespec="seconds")
        with self._store.write() as tx:
            found = tx.accounts.by_login(KIND, login)
            account = Account(
                id=found[0].id if found else self._ids.new(), login=login, kind=KIND, name=name.strip(),
                active=found[0].active if found else True, purposes=wanted,
            )  # fmt: skip
            if found:
                tx.accounts.update(account)
            else:
                tx.accounts.add(account, "", now)  # no password: a department has tokens, nobody signs in as one
            record(
                tx, self._ids, trail=f"account:{account.id}", at=now, actor="system",
                what="改部门" if found else "新建部门", content={"login": login, "name": name, "matters": list(wanted)},
            )  # fmt: skip
        return account

    def all(self) -> tuple[Account, ...]:
        """Every department by login."""
        return self._accounts.list(KIND)

    def active(self) -> tuple[Account, ...]:
        """Those a holder may give a consent to."""
        return tuple(one for one in self.all() if one.active)

    def token(self, login: str, name: str, days: int, scope: str = SCOPE) -> str:
        """A token of a department's system, shown only now: for certificates, or for handing cases in."""
        return self._accounts.api_token(login, name, (scope,), days, kind=KIND)

    def end_token(self, login: str, name: str) -> None:
        """Forget a token."""
        self._accounts.revoke_token(login, name, kind=KIND)
