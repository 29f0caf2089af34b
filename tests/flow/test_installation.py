"""The wired product from sign-in to a sealed certificate, with the sandbox as its peer."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from pypdf import PdfReader

from deploy.sandbox.app import create_app
from engine.bootstrap import Zhunyu, opened
from engine.matters.catalogue import load_catalogue
from engine.matters.tests_file import load_tests
from engine.model.case import Case, Status
from engine.services.accounts import Session
from engine.settings import ROOT, load
from engine.worker.preparation import prepare
from tests.flow.serving import served

RENEW = "public_place_renew"


class Later:
    """A WSGI app that is decided on after it is served: the product needs the address, the peer its keys."""

    def __init__(self) -> None:
        self.app: Any = None

    def __call__(self, environ: Any, start: Any) -> Any:
        return self.app(environ, start)


class Site:
    """The product, its peer's address, and who is signed in."""

    def __init__(self, zhunyu: Zhunyu, peer: str) -> None:
        self.zhunyu, self.peer = zhunyu, peer
        self.session: Session = zhunyu.accounts.sign_in("applicant", "haitang", "demo-haitang")

    def carry_out(self) -> None:
        while jobs := self.zhunyu.effects.claim(("seal_certificate", "push"), 5):
            for job in jobs:
                self.zhunyu.effects.run(job)

    def renewed(self) -> Case:
        """The demo certificate that may be renewed, renewed at once."""
        drafts = self.zhunyu.drafts
        usable = [one for one in drafts.subject_certificates(self.session, RENEW) if one.usable]
        draft = drafts.start(self.session, RENEW, usable[0].certificate.id)
        given = {"hvac_report_no": "JC-2026-001", **_scene(), **draft.answers}
        drafts.save(self.session, draft.id, given)
        return self.zhunyu.cases.submit(self.session, draft.id, draft.id)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder, late = tmp_path_factory.mktemp("site"), Later()
    with served(late) as base:
        settings = load({"ZHUNYU_DATA_DIR": str(folder), "ZHUNYU_PEER_URL": base})
        with opened(settings) as zhunyu:
            registry = ROOT / "rules" / "demo" / "registry.yaml"
            late.app = create_app(folder / "sandbox", registry, folder / "keys" / "push-trusted.json")
            prepare(zhunyu, lambda _event, _words: None)
            made = Site(zhunyu, base)
            made.carry_out()
            yield made


@pytest.fixture(scope="module")
def renewed(site: Site) -> Case:
    case = site.renewed()
    site.carry_out()
    return case


def _scene() -> dict[str, Any]:
    catalogue, _ = load_catalogue(ROOT, RENEW)
    tests, _ = load_tests(Path(ROOT, "matters", "public_place", f"{RENEW}.tests.yaml"), catalogue)
    return tests[0].answers


def words(pdf: bytes) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


def test_every_demo_certificate_gets_its_file(site: Site) -> None:
    assert set(site.zhunyu.effects.counts()) == {"done"}


def test_a_demo_certificate_prints_its_number_office_and_day_under_the_words_of_its_type(site: Site) -> None:
    with site.zhunyu.store.read() as transaction:
        found = transaction.certificates.by_number("沪职诊备〔2023〕第006号")
    assert found is not None
    assert found.face["备案编号"] == "沪职诊备〔2023〕第006号" and found.face["备案机关"] == "上海市卫生健康委员会"
    assert found.face["备案日期"] and all(found.face.values())


def test_preparing_again_changes_nothing(site: Site) -> None:
    before, said = site.zhunyu.effects.counts(), list[str]()
    prepare(site.zhunyu, lambda event, _words: said.append(event))
    assert (said, site.zhunyu.effects.counts()) == ([], before)


def test_a_renewal_granted_at_once_ends_with_a_sealed_certificate(site: Site, renewed: Case) -> None:
    assert site.zhunyu.cases.view(site.session, renewed.id).case.status is Status.ISSUED


def test_the_file_handed_out_verifies_as_the_one_in_the_register(site: Site, renewed: Case) -> None:
    _, file = site.zhunyu.certificates.file(site.session, renewed.certificates[0])
    assert site.zhunyu.certificates.by_file(file).state == "valid"


def test_the_peer_accepted_every_push_in_the_order_of_the_events(site: Site, renewed: Case) -> None:
    page = requests.get(site.peer, timeout=5).text
    assert re.findall(r'class="tag">(.*?)<', page) == ["发证", "决定", "受理", "收件"]


def test_the_receipt_names_the_case_and_the_applicant(site: Site, renewed: Case) -> None:
    text = words(site.zhunyu.documents.receipt(site.session, renewed.id)[1])
    assert renewed.number in text and "上海示例海棠宾馆有限公司" in text


def test_the_decision_names_the_number_of_the_certificate(site: Site, renewed: Case) -> None:
    certificate = site.zhunyu.cases.view(site.session, renewed.id).certificates[0]
    assert certificate.number in words(site.zhunyu.documents.decision(site.session, renewed.id)[1])


def test_a_letter_asked_for_again_is_the_same_file(site: Site, renewed: Case) -> None:
    documents = site.zhunyu.documents
    assert documents.receipt(site.session, renewed.id) == documents.receipt(site.session, renewed.id)


def test_a_stranger_gets_no_letter(site: Site, renewed: Case) -> None:
    stranger = site.zhunyu.accounts.sign_in("applicant", "boyun", "demo-boyun")
    with pytest.raises(Exception, match="A003"):
        site.zhunyu.documents.receipt(stranger, renewed.id)


def test_a_case_without_a_supplement_has_no_such_letter(site: Site, renewed: Case) -> None:
    with pytest.raises(Exception, match="A003"):
        site.zhunyu.documents.supplement(site.session, renewed.id)


def test_a_demo_ban_is_recorded_once(site: Site) -> None:
    today = site.zhunyu.clock.now().date().isoformat()
    with site.zhunyu.store.read() as tx:
        assert len(tx.facts.bans("91310101MADEM0150L", "公共场所", today)) == 1
