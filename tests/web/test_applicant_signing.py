"""A matter that asks for the applicant's signature: the portal asks for the secret, the sandbox's service signs."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from deploy.sandbox.app import create_app as sandbox
from deploy.sandbox.signer import PIN
from engine.adapters.sql.tables.certificates import certificate_versions
from engine.errors import ZhunyuError
from engine.model.matter import Matter
from engine.services.accounts import Session
from engine.trust.bundle import read_bundle
from engine.trust.sm3 import sm3_hex
from portal import create_app
from tests.flow.serving import served
from tests.web.admin_world import HOTEL, PASSWORD, AdminWorld, desk_matter


def signed_matter() -> Matter:
    made = msgspec.structs.replace(desk_matter(), id="signed_sample", sign=("申请", "撤回", "签收"), hash="")
    return msgspec.structs.replace(made, hash=sm3_hex(msgspec.json.encode(made, order="deterministic")))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AdminWorld]:
    folder, gate = tmp_path_factory.mktemp("applicants"), Gate()
    with served(gate) as base:
        made = AdminWorld(folder, signing="off", signature=base)
        registry = folder / "registry.yaml"
        registry.write_text("organizations: []\n", encoding="utf-8")
        gate.app = sandbox(folder / "sandbox", registry, folder / "keys" / "push-trusted.json")
        with made.zhunyu.store.write() as tx:
            at = made.zhunyu.clock.now().isoformat(timespec="seconds")
            tx.versions.publish(signed_matter(), id=made.zhunyu.ids.new(), at=at, by="测试")
        yield made
        made.close()


class Gate:
    """A server that starts before what it serves is there."""

    app: object = None

    def __call__(self, environ: dict[str, object], start: object) -> object:
        return self.app(environ, start)  # type: ignore[operator]


def drafted(world: AdminWorld, site: str) -> str:
    draft = world.zhunyu.drafts.start(world.applicant, "signed_sample")
    answers = {"name": HOTEL.name, "site": site, "ready": True}
    world.zhunyu.drafts.save(world.applicant, draft.id, answers)
    return draft.id


class Browser:
    """The applicant's browser."""

    def __init__(self, world: AdminWorld) -> None:
        from engine.web.app import SESSION_KEY

        self.client = create_app(world.zhunyu).test_client()
        with self.client.session_transaction() as kept:
            kept[SESSION_KEY] = world.applicant.token

    def post(self, page: str, path: str, **data: str) -> tuple[int, str]:
        token = re.search(r'name="csrf-token" content="([^"]+)"', self.client.get(page).text)
        assert token is not None
        answer = self.client.post(path, data={"csrf_token": token[1], **data})
        return answer.status_code, answer.text


def test_the_portal_asks_for_the_secret_and_the_signature_stands(world: AdminWorld) -> None:
    draft, browser = drafted(world, "签名路1号"), Browser(world)
    page = f"/apply/{draft}/review"
    assert 'name="secret"' in browser.client.get(page).text
    for secret, status in (("", 422), ("000000", 422)):
        code, told = browser.post(page, f"/apply/{draft}/submit", key=f"{draft}.1", secret=secret)
        assert code == status and "没有提交成功" in told
    assert browser.post(page, f"/apply/{draft}/submit", key=f"{draft}.1", secret=PIN)[0] == 303
    case = world.zhunyu.cases.submit(world.applicant, draft, f"{draft}.1")
    lines = world.zhunyu.signing.review.of_case(case.id)
    assert [(one.act, one.role, one.signer, one.state) for one in lines] == [("申请", "申请人", HOTEL.name, "有效")]
    assert world.zhunyu.history.verify_case(case.id).faults == ()


def test_a_withdrawal_asks_for_the_secret_too(world: AdminWorld) -> None:
    case = world.zhunyu.cases.submit(world.applicant, draft := drafted(world, "签名路2号"), draft, secret=PIN)
    browser, page = Browser(world), f"/cases/{case.id}/withdraw"
    assert 'name="secret"' in browser.client.get(page).text
    code, told = browser.post(page, page, reason="不办了")
    assert code == 422 and "须由申请人签名" in told
    assert browser.post(page, page, reason="不办了", secret=PIN)[0] == 303
    assert [one.act for one in world.zhunyu.signing.review.of_case(case.id)] == ["申请", "撤回"]


def auditor(world: AdminWorld) -> Session:
    return world.zhunyu.accounts.sign_in("staff", "audit", PASSWORD)


def granted(world: AdminWorld, site: str) -> str:
    """A case of which the certificate is in force; its id."""
    draft = drafted(world, site)
    case = world.zhunyu.cases.submit(world.applicant, draft, draft, secret=PIN)
    seen = {"step": "inspect", "result": "符合", "opinion": "一致。"}
    for login, name, data in (
        ("window", "accept", {}), ("inspect1", "finish_step", seen), ("inspect2", "finish_step", seen),
        ("approve", "grant", {"opinion": "同意。"}),
    ):  # fmt: skip
        assert world.desk(login).act(world.case(case), name, data).status_code == 303
    while jobs := world.zhunyu.effects.claim(("seal_certificate",), 5):
        for job in jobs:
            world.zhunyu.effects.run(job)
    return case.id


def test_the_delivery_of_decision_and_certificate_is_signed_for_once(world: AdminWorld) -> None:
    case, browser = granted(world, "签名路3号"), Browser(world)
    page = f"/cases/{case}/delivery"
    assert "请签收决定书和证照" in browser.client.get(f"/cases/{case}").text
    shown, items = browser.client.get(page).text, world.zhunyu.delivering.items(world.applicant, case)
    assert [one.title for one in items] == ["准予行政许可决定书", "《窗口示例许可证》"]
    assert all(one.digest in shown and one.number in shown for one in items)
    code, told = browser.post(page, page, secret="000000")
    assert code == 403 and "没有签收" in told
    assert browser.post(page, page, secret=PIN)[0] == 303
    after = browser.client.get(f"/cases/{case}").text
    assert "签收时间" in after and "申请人已签收准予行政许可决定书" in after and "去签收" not in after
    assert browser.post(page, page, secret=PIN)[0] == 409
    line = world.zhunyu.signing.review.of_case(case)[-1]
    assert (line.act, line.role, line.state) == ("签收", "申请人", "有效") and items[0].number in line.opinion
    desk = world.desk("approve").page(f"/cases/{case}")
    assert "申请人已签收准予行政许可决定书" in desk and "<b>签收</b>" in desk
    assert "刚刚核验：2 个签名，全部有效" in world.desk("audit").page(f"/audit/trace/{case}")
    _, report = world.zhunyu.audit.reports.of(auditor(world), case)
    assert "签名签收" in "".join(page.extract_text() for page in PdfReader(io.BytesIO(report)).pages).replace(" ", "")
    assert world.zhunyu.history.verify_case(case).faults == ()
    assert any("签收" in one.statement for one in read_bundle(world.zhunyu.history.bundle(case)).acts)


def test_a_certificate_altered_in_the_register_after_it_was_signed_for_shows(world: AdminWorld) -> None:
    case = granted(world, "签名路4号")
    world.zhunyu.delivering.sign(world.applicant, case, PIN)
    with world.zhunyu.store.database.write() as connection:
        change = sa.update(certificate_versions).where(certificate_versions.c.case == case)
        connection.execute(change.values(digest="0" * 64))
    line = world.zhunyu.signing.review.of_case(case)[-1]
    assert (line.state, line.reason) == ("无效", "所签收的《窗口示例许可证》与登记的不符。")
    trace = world.desk("audit").page(f"/audit/trace/{case}")
    assert "刚刚核验：2 个签名，1 个无效" in trace and "所签收的《窗口示例许可证》与登记的不符。" in trace


def test_what_a_matter_does_not_ask_to_sign_for_is_not_signed_for(world: AdminWorld) -> None:
    case = world.filed("签名路5号")
    with pytest.raises(ZhunyuError, match="C001 这一办件现在不用签收"):
        world.zhunyu.delivering.sign(world.applicant, case.id, PIN)
    assert "现在不用签收" in Browser(world).client.get(f"/cases/{case.id}/delivery").text


def test_the_service_listens_to_the_platform_only(world: AdminWorld) -> None:
    import requests

    asked = {"kind": "applicant", "holder": HOTEL.code, "secret": PIN, "message": ""}
    base = world.zhunyu.settings.signature_url
    for path in ("certificates", "sign"):
        assert requests.post(f"{base}/signature/{path}", json=asked, timeout=5).status_code == 401


def test_a_service_that_does_not_answer_is_told_and_nothing_is_filed(world: AdminWorld) -> None:
    from engine.adapters.signature_service import HttpSignatureService

    keys = world.zhunyu.signing.applicants._service
    assert isinstance(keys, HttpSignatureService)
    dead = HttpSignatureService("http://127.0.0.1:9", keys._ring, world.zhunyu.clock)
    with pytest.raises(ZhunyuError) as refused:
        dead.certificates("applicant", HOTEL.code, HOTEL.name)
    assert (refused.value.code, refused.value.status) == ("S006", 503)


def test_a_folder_of_trust_takes_certificates_and_lists_and_nothing_else(tmp_path: Path) -> None:
    from engine.adapters.trust_folder import TrustFolder

    for name in ("a.cer", "b.PEM", "c.crl", "d.txt", "e.key"):
        (tmp_path / name).write_bytes(name.encode())
    folder = TrustFolder(tmp_path, tmp_path / "not there")
    assert (folder.certificates(), folder.lists()) == ((b"a.cer", b"b.PEM"), (b"c.crl",))
    (tmp_path / "c.crl").write_bytes(b"newer list")
    assert folder.lists() == (b"newer list",)
