"""Every route of both apps against every kind of caller, and the doors of one real case: nobody else comes in."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from engine.errors import ZhunyuError
from engine.model.commands import Accept
from engine.ports.accounts import Account
from engine.services.accounts import Session
from engine.services.separation import ROLES
from engine.web.access import allowed, declared
from engine.web.app import SESSION_KEY
from tests.web.admin_world import PASSWORD, STAFF, AdminWorld
from tests.web.portal_world import PortalWorld
from tests.web.test_isolation import address

OFFICE = ("窗口", "审查", "核查", "专家", "审批", "制发证", "监督", "业务管理", "档案")
EXTRA = {"m-taker": ("监督",), "m-late": ("监督",), "m-deputy": ("核查",), "m-stopped": ("审批",), "m-giver": ("审批",)}


def session_of(kind: str, roles: tuple[str, ...] = (), scopes: tuple[str, ...] = (), active: bool = True) -> Session:
    account = Account("X", "x", kind, "某", roles=roles, district="黄浦区", active=active)
    return Session(token="", account=account, subject=None, authority="", expires_at="", scopes=scopes)


CALLERS: dict[str, Session | None] = {
    "nobody": None, "applicant": session_of("applicant"), "read token": session_of("applicant", scopes=("read",)),
    "write token": session_of("applicant", scopes=("write",)), "department": session_of("department"),
    "department token": session_of("department", scopes=("certificates",)),
    "stopped": session_of("staff", ("审批",), active=False), "without a post": session_of("staff"),
    "token of staff": session_of("staff", ("审批", "审查"), scopes=("read",)),
    **{role: session_of("staff", (role,)) for role in ROLES},
}  # fmt: skip


def opens(rule: str, name: str) -> bool:
    """The model: who comes in by which rule, by the name of the caller alone."""
    kind, _, wanted = rule.partition(":")
    if kind == "public":
        return True
    if kind == "local":
        return False  # asked from another machine
    if kind == "api":
        own = {"applicant", f"{wanted} token", *(["department token"] if wanted == "certificates" else [])}
        return name in own
    if kind == "applicant":
        return name == "applicant"
    if kind == "staff":
        return name in ROLES or name == "without a post"
    return kind == "role" and name in wanted.split(",")


def rules_of(app: Flask) -> dict[str, str]:
    views = app.view_functions
    return {f"{one.rule} {one.endpoint}": declared(views[one.endpoint]) for one in app.url_map.iter_rules()}


def test_every_route_lets_in_whom_its_rule_names_and_nobody_else(
    admin_world: AdminWorld, portal_world: PortalWorld
) -> None:
    routes = {**rules_of(admin_world.app), **rules_of(portal_world.app)}
    wrong = [
        (route, rule, name)
        for route, rule in routes.items()
        for name, session in CALLERS.items()
        if allowed(rule, session, "203.0.113.9") is not opens(rule, name)
    ]
    assert wrong == [] and len(routes) > 150


def test_what_changes_anything_at_the_desk_is_never_open_to_the_public(admin_world: AdminWorld) -> None:
    open_posts = {
        rule.rule for rule in admin_world.app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and declared(admin_world.app.view_functions[rule.endpoint]) == "public"
    }  # fmt: skip
    assert {one for one in open_posts if not one.startswith("/login")} <= {"/city/return"}


class Doors:
    """The people of the world, those with powers of others, and a client for each."""

    def __init__(self, world: AdminWorld) -> None:
        self._tokens: dict[str, str] = {}
        self.world, accounts = world, world.zhunyu.accounts
        there = {one.login for one in accounts.list("staff")}
        for login, roles in EXTRA.items():
            if login not in there:
                account = Account("", login, "staff", f"某{login[2:4]}", roles=roles, district="黄浦区")
                accounts.create(account, PASSWORD)
        self.ids = {one.login: one.id for one in accounts.list("staff")}
        self.day = world.zhunyu.clock.now().date()
        delegating = world.zhunyu.staffing.delegating
        until = (self.day + timedelta(days=3)).isoformat()
        giver = self.session("m-giver")
        delegating.give(giver, self.ids["m-taker"], ("审批",), self.day.isoformat(), until)
        late = delegating.give(giver, self.ids["m-late"], ("审批",), self.day.isoformat(), until)
        delegating.revoke(giver, late.id)
        delegating.leave(self.session("window"), self.ids["m-deputy"], self.day.isoformat(), until)
        self.stopped = accounts.sign_in("staff", "m-stopped", PASSWORD)
        accounts.set_active(self.ids["m-stopped"], False)

    def session(self, login: str) -> Session:
        if login not in self._tokens:
            self._tokens[login] = self.world.zhunyu.accounts.sign_in("staff", login, PASSWORD).token
        found = self.world.zhunyu.accounts.session(self._tokens[login])
        assert found is not None
        return found

    def client(self, login: str) -> FlaskClient:
        client = self.world.app.test_client()
        token = self.stopped.token if login == "m-stopped" else self.session(login).token
        with client.session_transaction() as kept:
            kept[SESSION_KEY] = token
        return client

    def close(self) -> None:
        given, away = self.world.zhunyu.staffing.delegating.lines(self.session("security"), everyone=True)
        for one in (*given, *away):
            if one.state in ("有效", "未开始"):
                self.world.zhunyu.staffing.delegating.revoke(self.session("security"), one.entry.id)


@pytest.fixture(scope="module")
def doors(admin_world: AdminWorld) -> Iterator[Doors]:
    made = Doors(admin_world)
    yield made
    made.close()


def roles_now(login: str) -> tuple[str, ...]:
    """What the model knows each person to hold today."""
    given = {"m-taker": ("审批",), "m-deputy": ("窗口",)}
    own = STAFF[login][1] if login in STAFF else EXTRA[login]
    return () if login == "m-stopped" else (*own, *given.get(login, ()))


def test_one_route_of_each_class_really_opens_and_really_refuses(doors: Doors) -> None:
    app = doors.world.app
    classes = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: (len(one.arguments), one.rule)):
        if "GET" in (rule.methods or ()):
            classes.setdefault(declared(app.view_functions[rule.endpoint]), rule)
    classes["staff"] = next(one for one in app.url_map.iter_rules() if one.endpoint == "organisation.show")
    wrong = []
    for login in (*STAFF, *EXTRA, ""):
        client = doors.client(login) if login else app.test_client()
        for name, rule in classes.items():
            path = address(rule, {})
            status = client.get(path, environ_base={"REMOTE_ADDR": "203.0.113.9"})
            kind, _, wanted = name.partition(":")
            held = roles_now(login) if login else ()
            comes_in = kind == "public" or (kind == "staff" and held)
            comes_in = comes_in or (kind == "role" and set(held) & set(wanted.split(",")))
            came_in = status.status_code not in (401, 403) and "/login" not in (status.location or "")
            if came_in is not bool(comes_in):
                wrong.append((login, name, path, status.status_code))
    assert wrong == []
    assert len(classes) >= 8


def test_a_real_case_is_read_taken_and_accepted_by_those_the_table_names(doors: Doors) -> None:
    case, product = doors.world.filed("权限路1号"), doors.world.zhunyu
    reads, takes, accepts = set(), set(), set()
    for login in (*STAFF, *EXTRA):
        session = msgspec.structs.replace(doors.stopped, account=msgspec.structs.replace(
            doors.stopped.account, active=False)) if login == "m-stopped" else doors.session(login)  # fmt: skip
        try:
            seen = product.desk.case(session, case.id)
            reads.add(login)
            accepts |= {login} if any(one.name == "accept" and one.allowed for one in seen.actions) else set()
        except ZhunyuError as error:
            assert error.code == "A002"
        try:
            product.acting.claim(session, case.id, "accept-1")
            product.acting.release(session, case.id, "accept-1")
            takes.add(login)
        except ZhunyuError as error:
            assert error.code == "A002"
    everyone = {*STAFF, *EXTRA}
    assert everyone - reads == {"pudong", "system", "security", "m-stopped"}
    assert takes == accepts == {"window", "all", "m-deputy"}


def test_a_taken_back_delegation_is_refused_and_in_the_security_log(doors: Doors) -> None:
    world, case = doors.world, doors.world.filed("权限路2号")
    product = world.zhunyu
    accepted = product.acting.act(doors.session("window"), case.id, Accept(), case.version)
    inspected = accepted
    for login in ("inspect1", "inspect2"):
        world.desk(login).act(world.case(inspected), "finish_step", {"result": "符合", "opinion": "现场与申请一致"})
    ready = world.case(inspected)
    page = world.desk("m-late").act(ready, "grant", {"opinion": "同意"})
    assert page.status_code == 403 and "到期或收回" in page.text
    product.audit.watching.flush()
    with product.store.read() as tx:
        told = [one.entry.what for one in tx.history.of_trail(f"refusal:{doors.ids['m-late']}")]
    assert "拒绝 授权已到期" in told
    done = world.desk("m-taker").act(ready, "grant", {"opinion": "同意"})
    assert done.status_code == 303
    decision = world.case(ready).decision
    assert decision is not None and decision.by.authority == "受某gi委托"
    assert "受某gi委托" in world.desk("approve").page(f"/cases/{case.id}")
    letter = PdfReader(io.BytesIO(world.desk("approve").client.get(f"/cases/{case.id}/letters/decision").data))
    assert "受某gi委托" in "".join(page.extract_text() for page in letter.pages).replace(" ", "")
