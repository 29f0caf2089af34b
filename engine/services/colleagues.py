"""The members of staff whom an act may name: those who may see the case."""

from __future__ import annotations

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.moving import Person
from engine.ports.accounts import Account
from engine.ports.store import Transaction
from engine.services.desk_access import sees
from engine.services.separation import apart


def person_of(account: Account) -> Person:
    """The account as a command names it."""
    return Person(account.id, account.name, account.roles, account.district)


def colleagues_of(tx: Transaction, case: Case) -> tuple[Person, ...]:
    """All who are at work, handle cases and may see this one, by name."""
    found = (one for one in tx.accounts.list("staff") if one.active and not apart(one.roles) and sees(one, case))
    return tuple(sorted(map(person_of, found), key=lambda one: (one.name, one.id)))


def required(tx: Transaction, case: Case, id: str) -> Person:
    """The member of staff with this id, as they are now; A003 when there is none who may see the case."""
    account = tx.accounts.account(id)
    usable = account is not None and account.kind == "staff" and account.active and not apart(account.roles)
    if account is None or not usable or not sees(account, case):
        raise ZhunyuError("A003", "没有这位可以查看本办件的工作人员。", "请从名单中重新选择。", status=404)
    return person_of(account)
