"""The running product, searched for what it must not show: logs, metrics, pushes, and every byte it keeps on disk."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa
from pypdf import PdfWriter

from engine.adapters.sql.tables.effects import outbox
from engine.bootstrap import Zhunyu, opened
from engine.matters.catalogue import load_catalogue
from engine.matters.tests_file import load_tests
from engine.model.checkdigits import id_check_character
from engine.services.message_sending import MESSAGE
from engine.services.unmasking import short
from engine.settings import ROOT, load
from tests.flow.test_effects_celery import eventually
from tests.running import Site, running

pytestmark = pytest.mark.slow
MATTER = "public_place_new"
NEVER_SHOWN = {
    "phone": "13971350246", "agent_phone": "13971350247", "manager_phone": "13971350248",
    "receiver_phone": "13971350249", "receiver_address": "示例秘密弄堂七十七号",
    "legal_id_no": "31010119771122137", "agent_id_no": "31010119781122138",
}  # fmt: skip
for _name in ("legal_id_no", "agent_id_no"):
    NEVER_SHOWN[_name] += id_check_character(NEVER_SHOWN[_name])
WRONG = "1397135024"  # a telephone number with a digit too few: what a slip would leave in an error message


def pdf() -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(out)
    return out.getvalue()


def scene() -> dict[str, Any]:
    """The answers of the matter's own tests, with the marked ones in their places."""
    catalogue, _ = load_catalogue(ROOT, MATTER)
    tests, _ = load_tests(ROOT / "matters" / "public_place" / f"{MATTER}.tests.yaml", catalogue)
    return {**tests[0].answers, **NEVER_SHOWN, "receive_way": "邮政EMS寄送", "receiver": "陈示安"}


class Client:
    """A program with an applicant's token."""

    def __init__(self, site: Site, token: str) -> None:
        self.base, self.headers = f"{site.portal}/api/v1", {"Authorization": f"Bearer {token}"}

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        headers = {**self.headers, **more.pop("headers", {})}
        return requests.request(method, self.base + path, headers=headers, timeout=20, **more)

    def file(self) -> dict[str, Any]:
        """An application with everything a slip and its correction leave behind."""
        draft = self.call("POST", "/drafts", json={"matter": MATTER}).json()
        place = f"/drafts/{draft['id']}"
        kept = {**scene(), **{key: value for key, value in draft["answers"].items() if key not in NEVER_SHOWN}}
        slipped = {**kept, "phone": WRONG}
        assert self.call("PUT", f"{place}/answers", json={"answers": slipped}).status_code == 200
        self.call("POST", f"{place}/precheck", json={})
        refused = self.call("POST", "/cases", json={"draft": draft["id"]}, headers={"Idempotency-Key": "secret-key-1"})
        assert refused.status_code == 422, refused.text
        assert self.call("PUT", f"{place}/answers", json={"answers": kept}).status_code == 200
        plan = {"file": ("平面图.pdf", pdf(), "application/pdf")}
        assert self.call("POST", f"{place}/materials/plan/files", files=plan).status_code == 201
        made = self.call("POST", "/cases", json={"draft": draft["id"]}, headers={"Idempotency-Key": "secret-key-2"})
        assert made.status_code == 201, made.text
        case: dict[str, Any] = made.json()
        return case


class Searched:
    """The product after the work: its log, what its pages of figures say, and the bytes of its folder."""

    def __init__(self, site: Site, token: str, case: dict[str, Any]) -> None:
        self.site, self.token, self.case = site, token, case
        self.metrics = "".join(requests.get(f"{base}/metrics", timeout=5).text for base in (site.portal, site.admin))
        self.peer = requests.get(site.peer, timeout=5).text

    def files(self) -> Iterator[tuple[Path, bytes]]:
        for path in sorted(self.site.data.rglob("*")):
            if path.is_file():
                yield path, path.read_bytes()


def done(zhunyu: Zhunyu) -> bool:
    """Whether all jobs are done but the messages, never tried yet, that are held until the quiet hours end."""
    now = zhunyu.clock.now().isoformat(timespec="milliseconds")
    held = sa.and_(outbox.c.kind == MESSAGE, outbox.c.attempts == 0, outbox.c.next_at > now)
    with zhunyu.store.database.read() as connection:
        states = connection.execute(sa.select(outbox.c.state).where(sa.not_(held))).scalars().all()
    return set(states) == {"done"}


def read_as_staff(site: Site, case: str) -> str:
    """The case on the desk of whoever may see everything of the district."""
    with requests.Session() as browser:
        token = re.search(r'name="csrf-token" content="([^"]+)"', browser.get(f"{site.admin}/login", timeout=10).text)
        assert token is not None
        given = {"csrf_token": token[1], "login": "hp-window", "password": "demo-hp-window"}
        browser.post(f"{site.admin}/login", data=given, timeout=10)
        return browser.get(f"{site.admin}/cases/{case}", timeout=10).text


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searched]:
    folder = tmp_path_factory.mktemp("secrets")
    with running(folder) as site:
        with opened(load({"ZHUNYU_DATA_DIR": str(folder)})) as zhunyu:
            token = zhunyu.accounts.api_token("boyun", "程序", ("read", "write"))
            case = Client(site, token).file()
            shown = read_as_staff(site, case["id"])  # staff do see its ends: it is there to be leaked
            assert short(NEVER_SHOWN["phone"]) in shown or NEVER_SHOWN["phone"] in shown
            for kind in ("receipt", "decision"):
                Client(site, token).call("GET", f"/cases/{case['id']}/documents/{kind}")
            assert eventually(lambda: done(zhunyu))
        yield Searched(site, token, case)


@pytest.mark.parametrize("name", sorted(NEVER_SHOWN))
def test_a_sensitive_answer_is_in_no_file_of_the_installation(searched: Searched, name: str) -> None:
    mark = NEVER_SHOWN[name].encode()
    assert [path.name for path, content in searched.files() if mark in content] == []


def test_a_slip_in_a_sensitive_answer_is_in_no_file_either(searched: Searched) -> None:
    assert [path.name for path, content in searched.files() if WRONG.encode() in content] == []


def test_a_sensitive_answer_is_in_no_log(searched: Searched) -> None:
    log = "\n".join(searched.site.log)
    assert [name for name, mark in NEVER_SHOWN.items() if mark in log] == [] and WRONG not in log


def test_a_token_is_in_no_log_and_in_no_file(searched: Searched) -> None:
    token = searched.token.encode()
    assert searched.token not in "\n".join(searched.site.log)
    assert [path.name for path, content in searched.files() if token in content] == []


def test_a_sensitive_answer_is_in_no_figure(searched: Searched) -> None:
    assert [name for name, mark in NEVER_SHOWN.items() if mark in searched.metrics] == []
    assert "zhunyu_requests" in searched.metrics


def test_a_sensitive_answer_is_not_told_to_the_peer(searched: Searched) -> None:
    assert [name for name, mark in NEVER_SHOWN.items() if mark in searched.peer] == []
    assert str(searched.case["number"]) in searched.peer


def test_a_number_that_identifies_a_person_is_in_no_file(searched: Searched) -> None:
    assert [path.name for path, content in searched.files() if b"310101197102111016" in content] == []


def processes(site: Site) -> list[Path]:
    """The folders under /proc of the product: its supervisor and all that descends from it."""
    parents: dict[int, int] = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(place.name)] = int(place.joinpath("stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it ended meanwhile
    found = {site.process.pid}
    for _ in range(8):
        found |= {pid for pid, parent in parents.items() if parent in found}
    return [Path("/proc", str(pid)) for pid in sorted(found)]


def test_no_secret_is_in_the_process_list_or_in_an_environment(searched: Searched) -> None:
    folder = searched.site.data
    kept = [folder / "session.key", folder / "keys" / "passphrase"]
    marks = [path.read_bytes().strip() for path in kept] + [searched.token.encode()]
    marks += [mark.encode() for mark in NEVER_SHOWN.values()]
    shown = [place.joinpath(name).read_bytes() for place in processes(searched.site) for name in ("cmdline", "environ")]
    assert len(shown) >= 6 and all(len(mark) > 10 for mark in marks)
    assert [mark for mark in marks for text in shown if mark in text] == []


def test_only_the_owner_may_read_what_holds_keys(searched: Searched) -> None:
    folder = searched.site.data
    for path in (folder / "session.key", folder / "keys" / "passphrase", folder / "keys" / "keystore"):
        assert path.stat().st_mode & 0o077 == 0, path
