"""Certificates for other departments: nothing without purpose and consent, every look is written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from engine.adapters.keys import RingSeals
from engine.adapters.passwords import Argon2Passwords
from engine.adapters.provision_keys import RingProvisionKeys
from engine.adapters.sql.certificates import SqlCertificates
from engine.adapters.sql.schema import downgrade, migrate
from engine.adapters.sql.tables.consents import certificate_changes, certificate_consents
from engine.errors import ZhunyuError
from engine.model.certificate import CertificateStatus
from engine.model.people import Subject
from engine.ports.accounts import Account
from engine.services.accounts import Accounts, Session
from engine.services.certificates import Certificates
from engine.services.change_list import note_change
from engine.services.consents import Consents
from engine.services.departments import Departments
from engine.services.providing import Providing, Purpose
from engine.trust.listing import read_list
from tests.flow.paper import Paper
from tests.flow.world import RING, World, session, together

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # nothing here is the database's
USE, BASIS = "食品经营许可（新办）", "《食品安全法》第三十五条"


class Sharing:
    """The world with one certificate in force and two departments."""

    def __init__(self, world: World) -> None:
        self.world = world
        accounts = Accounts(store=world.store, clock=world.clock, ids=world.ids, passwords=Argon2Passwords())
        certificates = Certificates(
            store=world.store, clock=world.clock, files=world.files, shelf=world.shelf, seals=RingSeals(RING),
            legal=Paper(),
        )
        self.departments = Departments(store=world.store, clock=world.clock, ids=world.ids, accounts=accounts)
        self.consents = Consents(
            store=world.store, clock=world.clock, ids=world.ids, certificates=certificates,
            departments=self.departments,
        )  # fmt: skip
        self.providing = Providing(
            store=world.store, clock=world.clock, ids=world.ids, certificates=certificates, shelf=world.shelf,
            keys=RingProvisionKeys(RING),
        )  # fmt: skip
        self.market, self.fire = (
            self.department(login, name) for login, name in (("market", "市场监管局"), ("fire", "消防救援局"))
        )
        self.holder = session()
        case = world.issued(self.holder)
        self.id = case.certificates[0]
        self.number = self.load().number
        world.files.put("k", b"%PDF-1.7 sealed")

    def department(self, login: str, name: str) -> Session:
        account = self.departments.register(login, name, (USE, "餐饮服务核查"))
        return Session(token="", account=account, subject=None, authority="", expires_at="", scopes=("provide",))

    def load(self):  # type: ignore[no-untyped-def]
        with self.world.store.read() as tx:
            found = tx.certificates.load(self.id)
        assert found is not None
        return found

    def give(self, uses: int = 1, days: int = 7) -> str:
        return self.consents.give(
            self.holder, self.id, department=self.market.account.id, matter=USE, days=days, uses=uses
        ).code

    def read(self, code: str, reference: str = "示食许2026-1", **change: object):  # type: ignore[no-untyped-def]
        who = change.pop("who", self.market)
        purpose = msgspec.structs.replace(Purpose(USE, "王经办", reference), **change)
        return self.providing.metadata(who, purpose, self.number, code)  # type: ignore[arg-type]

    def seen(self) -> list[tuple[str, str, str]]:
        _certificate, lines, _after = self.consents.uses(self.holder, self.id)
        return [(one.who, one.what, one.refused) for one in lines]


@pytest.fixture
def sharing(world: World) -> Sharing:
    return Sharing(world)


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(ZhunyuError) as caught:
        work()
    return caught.value.code


def test_under_a_consent_the_face_is_given_and_the_holder_sees_by_whom_and_why(sharing: Sharing) -> None:
    found, standing = sharing.read(sharing.give())
    assert (found.number, standing.state) == (sharing.number, "valid") and found.face
    assert sharing.seen() == [("市场监管局", "查看照面", ""), ("张示例1", "授权使用", "")]
    line = sharing.consents.uses(sharing.holder, sharing.id)[1][0]
    assert (line.matter, line.officer, line.reference, line.ground) == (USE, "王经办", "示食许2026-1", "持证人的授权")


@on_sqlite
def test_a_consent_that_does_not_cover_the_request_opens_nothing_and_is_written_down(sharing: Sharing) -> None:
    used, withdrawn, standing = sharing.give(), sharing.give(), sharing.give()
    sharing.read(used)
    line = sharing.consents.of(sharing.holder, sharing.id)[1][1]
    sharing.consents.withdraw(sharing.holder, sharing.id, line.consent.id)
    attempts: list[tuple[str, dict[str, object]]] = [
        ("0" * 12, {}), ("", {}), (standing, {"who": sharing.fire}), (standing, {"matter": "餐饮服务核查"}),
        (withdrawn, {}), (used, {"reference": "另一件"}),
    ]  # fmt: skip
    for code, change in attempts:
        assert refused(lambda code=code, change=change: sharing.read(code, **change)) == "A021"  # type: ignore[misc]
        assert sharing.seen()[0][2]
    sharing.world.later(days=7)
    assert refused(lambda: sharing.read(standing)) == "A021"


@on_sqlite
def test_the_same_case_of_the_department_uses_a_consent_once_however_often_it_asks(sharing: Sharing) -> None:
    code = sharing.give(uses=1)
    for _ in range(3):
        sharing.read(f" {code[:4]}-{code[4:].lower()} ")
    name, data = sharing.providing.file(
        sharing.market, Purpose(USE, "王经办", "示食许2026-1"), sharing.number, code
    )
    assert data == b"%PDF-1.7 sealed" and sharing.number in name
    assert sharing.consents.of(sharing.holder, sharing.id)[1][0].state == "已用完"


def test_two_cases_that_use_a_single_consent_at_once_get_one_answer(sharing: Sharing) -> None:
    code = sharing.give(uses=1)
    done = together(4, lambda place: sharing.read(code, reference=f"件{place}"))
    assert sum(isinstance(one, ZhunyuError) for one in done) == 3
    assert len(sharing.seen()) == 5


@on_sqlite
def test_a_purpose_that_is_not_registered_asks_for_nothing(sharing: Sharing) -> None:
    purpose = Purpose("别的事", "王经办", "1", BASIS)
    assert refused(lambda: sharing.providing.status(sharing.market, purpose, sharing.number)) == "A022"
    assert refused(lambda: sharing.providing.status(sharing.holder, purpose, sharing.number)) == "A002"


@on_sqlite
def test_the_state_is_told_on_a_legal_ground_without_the_face(sharing: Sharing) -> None:
    purpose = Purpose(USE, "王经办", "1", BASIS)
    found = sharing.providing.status(sharing.market, purpose, sharing.number, sharing.holder.subject.code)  # type: ignore[union-attr]
    assert (found.state, found.holder_matches) == ("valid", True)
    assert sharing.providing.status(sharing.market, purpose, sharing.number, "别人").holder_matches is False
    assert sharing.providing.status(sharing.market, purpose, "没有").state == "unknown"
    assert sharing.seen() == [("市场监管局", "核验状态", "")] * 2
    assert sharing.consents.uses(sharing.holder, sharing.id)[1][0].ground == BASIS


@on_sqlite
def test_what_an_organisation_holds_is_told_and_written_under_each_certificate(sharing: Sharing) -> None:
    purpose, code = Purpose(USE, "王经办", "1", BASIS), sharing.holder.subject.code  # type: ignore[union-attr]
    found = sharing.providing.held(sharing.market, purpose, code, sharing.load().type)
    assert [one.number for one in found] == [sharing.number]
    assert sharing.seen() == [("市场监管局", "核验状态", "")]


@on_sqlite
def test_somebody_else_neither_gives_sees_nor_withdraws_consents(sharing: Sharing) -> None:
    sharing.give()
    consent = sharing.consents.of(sharing.holder, sharing.id)[1][0].consent
    other = session(2)
    give = {"department": sharing.market.account.id, "matter": USE, "days": 1, "uses": 1}
    assert refused(lambda: sharing.consents.give(other, sharing.id, **give)) == "A003"  # type: ignore[arg-type]
    assert refused(lambda: sharing.consents.of(other, sharing.id)) == "A003"
    assert refused(lambda: sharing.consents.uses(other, sharing.id)) == "A003"
    assert refused(lambda: sharing.consents.withdraw(other, sharing.id, consent.id)) == "A003"


@on_sqlite
def test_only_what_is_offered_can_be_consented_to(sharing: Sharing) -> None:
    plain = {"department": sharing.market.account.id, "matter": USE, "days": 1, "uses": 1}
    for change in ({"days": 0}, {"days": 366}, {"uses": -1}, {"uses": 51}, {"matter": "别的事"}, {"department": ""}):
        given: dict[str, Any] = {**plain, **change}
        assert refused(lambda given=given: sharing.consents.give(sharing.holder, sharing.id, **given)) == "A004"  # type: ignore[misc]
    sharing.departments._accounts.set_active(sharing.market.account.id, False)
    assert refused(sharing.give) == "A004"


@on_sqlite
def test_a_consent_lies_sealed_in_the_database(sharing: Sharing) -> None:
    code = sharing.give()
    sharing.read(code, reference="对方内部编号")
    with sharing.world.database.read() as connection:
        rows = str(connection.execute(sa.select(certificate_consents)).all())
    assert code not in rows and "对方内部编号" not in rows and USE not in rows


def test_ended_and_replaced_certificates_are_listed_in_order_and_signed(sharing: Sharing) -> None:
    trusted = RING.trusted("certificate")
    assert read_list(sharing.providing.changes(0, 10)[0], trusted)["items"] == []
    for status in (CertificateStatus.CANCELLED, CertificateStatus.REVOKED):
        with sharing.world.store.write() as tx:
            tx.certificates.change(sharing.id, status, "不应示人的原因")
            note_change(tx, sharing.id, status, sharing.world.at)
    first, until, more = sharing.providing.changes(0, 1)
    assert (until, more) == (1, True)
    page = read_list(first, trusted)
    assert [(one["number"], one["kind"]) for one in page["items"]] == [(1, "注销")]
    rest = read_list(sharing.providing.changes(until, 10)[0], trusted)
    assert [(one["number"], one["kind"], one["certificate_number"]) for one in rest["items"]] == [
        (2, "撤销", sharing.number)
    ]
    assert "不应示人的原因" not in str(rest)
    assert refused(lambda: read_list(first.replace("注销".encode(), "变更".encode()), trusted)) == "K001"
    assert refused(lambda: sharing.providing.file(
        sharing.market, Purpose(USE, "王经办", "1"), sharing.number, "0" * 12)) == "A021"  # fmt: skip


@on_sqlite
def test_the_file_of_an_ended_certificate_is_not_given_even_under_a_consent(sharing: Sharing) -> None:
    code = sharing.give()
    with sharing.world.store.write() as tx:
        tx.certificates.change(sharing.id, CertificateStatus.REVOKED, "")
    found, standing = sharing.read(code)
    assert (found.number, standing.state) == (sharing.number, "revoked")
    purpose = Purpose(USE, "王经办", "示食许2026-1")
    assert refused(lambda: sharing.providing.file(sharing.market, purpose, sharing.number, code)) == "C005"


@on_sqlite
def test_a_first_issue_is_no_change_and_rolling_back_leaves_no_gap(sharing: Sharing) -> None:
    with pytest.raises(RuntimeError), sharing.world.store.write() as tx:
        note_change(tx, sharing.id, CertificateStatus.REVOKED, sharing.world.at)
        raise RuntimeError
    with sharing.world.store.write() as tx:
        note_change(tx, sharing.id, CertificateStatus.VALID, sharing.world.at)
        assert tx.changes.last() == 0
        note_change(tx, sharing.id, CertificateStatus.REVOKED, sharing.world.at)
    with sharing.world.store.read() as tx:
        assert [one.number for one in tx.changes.after(0, 10)] == [1]


def test_what_changed_before_the_list_was_kept_stands_at_its_beginning(sharing: Sharing) -> None:
    with sharing.world.store.write() as tx:
        tx.certificates.change(sharing.id, CertificateStatus.REVOKED, "")
    downgrade(sharing.world.database, "0005")
    migrate(sharing.world.database)
    with sharing.world.database.read() as connection:
        rows = connection.execute(sa.select(certificate_changes)).all()
    assert [(row.number, row.kind, row.at) for row in rows] == [(1, "撤销", "")]
    with sharing.world.store.write() as tx:
        assert tx.changes.add("X", "t", "注销", "", sharing.world.at) == 2


@on_sqlite
def test_a_register_of_departments_takes_changes_and_refuses_what_is_empty(sharing: Sharing) -> None:
    changed = sharing.departments.register("market", "上海市示例市场监管局", (USE, USE, " "))
    assert (changed.id, changed.purposes) == (sharing.market.account.id, (USE,))
    assert [one.login for one in sharing.departments.all()] == ["fire", "market"]
    assert refused(lambda: sharing.departments.register("x", " ", (USE,))) == "A004"
    assert refused(lambda: sharing.departments.register("x", "名", ())) == "A004"
    token = sharing.departments.token("market", "系统", 1)
    found = sharing.departments._accounts.by_api_token(token)
    assert found is not None and (found.account.kind, found.scopes) == ("department", ("provide",))
    sharing.departments.end_token("market", "系统")
    assert sharing.departments._accounts.by_api_token(token) is None


@on_sqlite
def test_a_natural_persons_certificates_are_not_listed_by_holder(sharing: Sharing) -> None:
    kind = next(iter(sharing.world.shelf.certificate_types().values()), None)
    person = Session(token="", account=Account("X", "x", "applicant", "x"), subject=Subject("自然人", "1", "甲"),
                     authority="", expires_at="")  # fmt: skip
    purpose = Purpose(USE, "王经办", "1", BASIS)
    assert refused(lambda: sharing.providing.held(person, purpose, "1", "t")) == "A002"
    if kind is not None:
        types = {"t": msgspec.structs.replace(kind, holder="自然人")}
        sharing.world.shelf.certificate_types = lambda: types  # type: ignore[method-assign,assignment,return-value]
        assert refused(lambda: sharing.providing.held(sharing.market, purpose, "1", "t")) == "A021"


@on_sqlite
def test_a_confidential_certificate_is_known_only_under_the_holders_consent(
    sharing: Sharing, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, plain = sharing.give(), SqlCertificates._certificate
    monkeypatch.setattr(
        SqlCertificates, "_certificate", lambda self, row: msgspec.structs.replace(plain(self, row), confidential=True)
    )
    purpose, holder = Purpose(USE, "王经办", "1", BASIS), sharing.holder.subject.code  # type: ignore[union-attr]
    told = sharing.providing.status(sharing.market, purpose, sharing.number, holder)
    assert (told.state, told.title, told.holder_matches) == ("unknown", "", False)
    assert sharing.providing.held(sharing.market, purpose, holder, sharing.load().type) == ()
    assert sharing.read(code)[1].state == "valid"
