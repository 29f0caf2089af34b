"""The whole product under `zhunyu run`: web, effects and peer are killed while applications come in."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from engine.model.case import Status
from engine.ports.accounts import Account, Represented
from engine.ports.cases import CaseQuery
from engine.ports.certificates import CertificateQuery
from engine.trust.sm3 import sm3_hex
from tests.flow.installed import EVENTS, Installed, arrived, installed, refusals, written_home
from tests.flow.world import located, session
from tests.running import Site, running

pytestmark = pytest.mark.slow
APPLICANTS = 8
CUT_SHORT = "消息体与摘要不符。"  # what the peer says of a message whose sender died while sending it
LIMIT = 60.0
PARTS = {"web": "engine.web.server", "effects": "engine.worker.effects", "peer": "deploy.sandbox.server"}
SEED = 20261123


def processes(site: Site, part: str) -> list[int]:
    """The processes of one part of the product, and of nothing else on this machine."""
    found, family = [], {site.process.pid}
    for path in sorted(Path("/proc").glob("[0-9]*"), key=lambda path: int(path.name)):
        try:
            parent = int((path / "stat").read_text().rsplit(")", 1)[1].split()[1])
            command = (path / "cmdline").read_bytes().decode().split("\0")
        except (OSError, UnicodeDecodeError, IndexError):
            continue
        if parent in family:
            family.add(int(path.name))
            if any(PARTS[part] in word for word in command):
                found.append(int(path.name))
    return found


def kill(site: Site, part: str, choice: random.Random) -> bool:
    """SIGKILL to one process of the part; whether there was one."""
    found = processes(site, part)
    if not found:
        return False
    try:
        os.kill(choice.choice(found), signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


class Stormy:
    """A product, applicants that do not give up, and what became of their applications."""

    def __init__(self, site: Site, made: Installed, token: str) -> None:
        self.site, self.made, self.token = site, made, token
        self.numbers: list[str] = []

    def submit(self, number: int, draft: str) -> str:
        """File over HTTP as a program does: the same key until there is an answer; the number of the case."""
        subject = session(number).subject
        assert subject is not None
        headers = {"Authorization": f"Bearer {self.token}", "X-Subject": subject.code, "Idempotency-Key": f"k-{draft}"}
        waiting = threading.Event()
        for _ in range(int(LIMIT / 0.2)):
            try:
                answer = requests.post(
                    f"{self.site.portal}/api/v1/cases", json={"draft": draft}, headers=headers, timeout=20
                )
            except requests.RequestException:
                waiting.wait(0.2)
                continue
            if answer.status_code in (200, 201):
                return str(answer.json()["number"])
            if answer.status_code < 500:
                raise AssertionError(answer.text)
            waiting.wait(0.2)
        raise AssertionError("no answer in time")

    def storm(self) -> None:
        """File everything while parts of the product are killed one after the other."""
        choice, pause = random.Random(SEED), threading.Event()
        account = self.made.zhunyu.accounts.by_api_token(self.token)
        assert account is not None
        numbers = range(1, APPLICANTS + 1)
        drafts = [self.made.draft(session(number), account.account.id).id for number in numbers]
        kills = ["effects", "web", "peer", "effects"]
        with ThreadPoolExecutor(2) as pool:
            results = [pool.submit(self.submit, *pair) for pair in zip(numbers, drafts, strict=True)]
            for part in kills:
                pause.wait(choice.uniform(0.05, 0.5))
                assert any(kill(self.site, part, choice) or pause.wait(0.2) for _ in range(100)), part
            self.numbers = [result.result() for result in results]

    def settled(self) -> bool:
        """Whether everything is carried out; the pauses before another attempt are not waited for."""
        pause = threading.Event()
        for _ in range(int(LIMIT / 0.3)):
            counts = self.made.zhunyu.effects.counts()
            if set(counts) <= {"done", "dead"}:
                return True
            self.made.bring_forward()
            pause.wait(0.3)
        return False


@pytest.fixture(scope="module")
def stormy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stormy]:
    folder = tmp_path_factory.mktemp("storm")
    settings = {"ZHUNYU_HOME": str(written_home(folder / "home")), "ZHUNYU_DEMO": "0", "ZHUNYU_DEVELOPMENT_CA": "1"}
    with installed({"ZHUNYU_DATA_DIR": str(folder / "data"), **settings}) as made:
        represents = tuple(
            Represented(subject, "法定代表人")
            for number in range(1, APPLICANTS + 1)
            if (subject := session(number).subject)
        )
        person = Account(id="", login="storm", kind="applicant", name="张示例", level=3, represents=represents)
        made.zhunyu.accounts.create(person, "Quiet-Harbour-2026")
        token = made.zhunyu.accounts.api_token("storm", "程序", ("read", "write"))
        with running(folder / "data", **settings) as site:
            made.publish(located())  # the start put the sources of its own home on the shelf
            result = Stormy(site, made, token)
            result.storm()
            assert result.settled(), "\n".join(site.log[-30:])
            yield result


def test_every_application_became_one_case(stormy: Stormy) -> None:
    with stormy.made.zhunyu.store.read() as tx:
        lines = tx.cases.lines(CaseQuery(limit=200))
    assert sorted(line.number for line in lines) == sorted(stormy.numbers)


def test_every_case_came_to_its_certificate(stormy: Stormy) -> None:
    with stormy.made.zhunyu.store.read() as tx:
        lines = tx.cases.lines(CaseQuery(limit=200))
    assert {line.status for line in lines if line.automatic} == {Status.ISSUED.value}


def test_every_push_reached_the_peer_once_and_in_order(stormy: Stormy) -> None:
    kept = arrived(stormy.made.zhunyu.settings.data_dir)
    with stormy.made.zhunyu.store.read() as tx:
        automatic = {line.number: line.automatic for line in tx.cases.lines(CaseQuery(limit=200))}
    assert kept == {number: EVENTS if automatic[number] else EVENTS[:1] for number in stormy.numbers}


def test_the_peer_refused_nothing_and_nothing_was_given_up(stormy: Stormy) -> None:
    refused = set(refusals(stormy.made.zhunyu.settings.data_dir)) - {CUT_SHORT}
    assert (set(stormy.made.zhunyu.effects.counts()), refused) == ({"done"}, set())


def test_every_certificate_has_its_one_file(stormy: Stormy) -> None:
    with stormy.made.zhunyu.store.read() as tx:
        found = tx.certificates.find(CertificateQuery(type="sample", limit=1000))
        versions = [version for one in found for version in tx.certificates.versions(one.id)]
    files = stormy.made.zhunyu.files
    assert [(one.version, one.state) for one in versions] == [(1, "sealed")] * len(found)
    assert [sm3_hex(files.get(one.file_key)) for one in versions] == [one.digest for one in versions]


def test_the_numbers_are_without_gap_or_double(stormy: Stormy) -> None:
    with stormy.made.zhunyu.store.read() as tx:
        found = tx.certificates.find(CertificateQuery(type="sample", limit=1000))
    numbers = sorted(one.number for one in found)
    assert [number[-6:-1] for number in numbers] == [f"{place:05d}" for place in range(1, len(numbers) + 1)]


def test_the_product_still_runs_and_says_what_it_lost(stormy: Stormy) -> None:
    assert stormy.site.process.poll() is None
    assert any("被信号 9 终止" in line for line in stormy.site.log)
