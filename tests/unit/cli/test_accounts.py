"""Accounts and tokens from the command line."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from engine import cli
from engine.bootstrap import opened
from engine.model.sign_in import Came
from engine.services.sign_in import ENROL, UnderWay
from engine.settings import load

ROOT = Path(__file__).resolve().parents[3]
STAFF = ("account", "add", "reviewer1", "--name", "李示例", "--district", "黄浦区", "--role", "审批")


@pytest.fixture
def zhunyu_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("ZHUNYU_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ZHUNYU_DEMO", "0")

    def call(*arguments: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        capsys.readouterr()
        try:
            cli.main(arguments)
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    call("migrate")
    return call


def test_a_staff_account_made_on_the_command_line_can_sign_in(zhunyu_in) -> None:
    assert zhunyu_in(*STAFF, typed="Gongwu-2026-banli\n")[0] == 0
    with opened(load()) as zhunyu:
        came = zhunyu.accounts.signing_in.by_password("staff", "reviewer1", "Gongwu-2026-banli", Came())
        assert isinstance(came, UnderWay) and (came.step, came.account.roles) == (ENROL, ("审批",))


def test_a_role_that_does_not_exist_is_refused_with_those_that_do(zhunyu_in) -> None:
    code, _, said = zhunyu_in(*STAFF[:-1], "局长", typed="Gongwu-2026-banli\n")
    assert code == 1 and "没有角色 局长" in said and "审批" in said


def test_a_weak_password_is_refused(zhunyu_in) -> None:
    code, _, said = zhunyu_in(*STAFF, typed="1\n")
    assert code == 1 and said.startswith("A004")


def test_a_stopped_account_cannot_sign_in(zhunyu_in) -> None:
    zhunyu_in(*STAFF, typed="Gongwu-2026-banli\n")
    assert zhunyu_in("account", "stop", "reviewer1")[0] == 0
    with opened(load()) as zhunyu:
        assert not zhunyu.accounts.list("staff")[0].active


def test_a_token_is_issued_only_for_a_login_that_exists(zhunyu_in) -> None:
    code, _, said = zhunyu_in("token", "issue", "nobody", "--name", "对接")
    assert code == 1 and "没有登录名 nobody" in said


def test_a_revoked_token_opens_nothing(zhunyu_in) -> None:
    with opened(load()) as zhunyu:
        zhunyu.accounts.create(applicant(), "Banshi-2026-shili")
    _, token, _ = zhunyu_in("token", "issue", "boyun", "--name", "对接", "--scope", "read")
    with opened(load()) as zhunyu:
        assert zhunyu.accounts.by_api_token(token.strip()) is not None
    assert zhunyu_in("token", "revoke", "boyun", "--name", "对接")[0] == 0
    with opened(load()) as zhunyu:
        assert zhunyu.accounts.by_api_token(token.strip()) is None


def applicant():
    from engine.model.people import Subject
    from engine.ports.accounts import Account, Represented

    subject = Subject("法人", "91310101MADEM0011X", "上海示例泊云酒店有限公司")
    return Account(id="", login="boyun", kind="applicant", name="陈示安", level=3,
                   represents=(Represented(subject, "法定代表人"),))  # fmt: skip


def test_the_operator_resets_a_password_that_must_then_be_changed(zhunyu_in) -> None:
    zhunyu_in(*STAFF, typed="Gongwu-2026-banli\n")
    code, said, _ = zhunyu_in("account", "reset", "reviewer1", "--forget-factor", typed="Chongzhi-2026-hou\n")
    assert (code, "已重置" in said) == (0, True)
    with opened(load()) as zhunyu:
        found = zhunyu.accounts.signing_in.by_password("staff", "reviewer1", "Chongzhi-2026-hou", Came())
        assert isinstance(found, UnderWay)
    assert zhunyu_in("account", "reset", "nobody", typed="x\n")[0] == 1
