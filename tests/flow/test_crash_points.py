"""SIGKILL between any two steps of an effect or a filing: nothing is lost, nothing happens twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.model.case import Case, Status
from engine.model.certificate import CertificateStatus
from engine.ports.cases import CaseQuery
from engine.ports.certificates import CertificateQuery
from engine.services.accounts import Session
from engine.trust.sm3 import sm3_hex
from tests.flow.crashing import POINTS
from tests.flow.installed import EVENTS, SUBJECTS, Gate, Installed, arrived, refusals, with_sandbox
from tests.flow.postgres import Reused, new_database
from tests.flow.world import session

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
FILING = ("committing", "committed")
EFFECTS = sorted(set(POINTS) - {"committed"})
IN_TRANSACTIONS = ("claimed", "committing", "delivered", "keeping")  # where the two databases differ
KILLED = -signal.SIGKILL


class Site:
    """One installation for all points: what one crash leaves behind is there when the next one comes."""

    def __init__(self, made: Installed, gate: Gate, folder: Path, forking: subprocess.Popen[str]) -> None:
        self.made, self.gate, self.data, self._forking = made, gate, folder / "data", forking
        self._numbers = iter(range(1, SUBJECTS))

    def filed(self) -> Case:
        return self.made.filed(next(self._numbers))

    def next_number(self) -> int:
        return next(self._numbers)

    def start(self, *order: str) -> int:
        """Begin a process; its pid."""
        assert self._forking.stdin is not None
        self._forking.stdin.write(" ".join(order) + "\n")
        self._forking.stdin.flush()
        return self._said()

    def ended(self) -> int:
        """How the process ended."""
        return self._said()

    def killed(self, *order: str) -> int:
        """Run a process to its end; how it ended."""
        self.start(*order)
        return self.ended()

    def _said(self) -> int:
        assert self._forking.stdout is not None
        return int(self._forking.stdout.readline())

    def restart(self) -> None:
        """The next process, after the leases of the dead one have run out."""
        for _ in range(3):
            self.made.let_leases_lapse()
            self.made.carry_out()


class Crashed:
    """Two cases whose effects were cut off at a point, and carried out again."""

    def __init__(self, site: Site, point: str) -> None:
        self.site, self.cases = site, [site.filed(), site.filed()]
        times = random.Random(point).randint(1, 2)
        assert site.killed("effects", point, str(times)) == KILLED
        site.restart()


@contextmanager
def opened_site(folder: Path, **settings: str) -> Iterator[Site]:
    command = [sys.executable, "-m", "tests.flow.crashing"]
    with (
        with_sandbox(folder, **settings) as (made, gate),
        subprocess.Popen(
            command, cwd=ROOT, env=made.child_environ, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as forking,
    ):
        yield Site(made, gate, folder, forking)


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with opened_site(tmp_path_factory.mktemp("crash")) as site:
        yield site


@pytest.fixture(scope="module")
def on_postgres(postgres: Reused, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    url = new_database(postgres.folder, "crash")
    with opened_site(tmp_path_factory.mktemp("crash"), ZHUNYU_DATABASE_URL=url) as site:
        yield site


BOTH = ("on_sqlite", pytest.param("on_postgres", marks=pytest.mark.postgres))


@pytest.fixture(params=BOTH)
def site(request: pytest.FixtureRequest) -> Site:
    found: Site = request.getfixturevalue(request.param)
    return found


ON_SQLITE = [pytest.param(("on_sqlite", point), id=f"sqlite, {point}") for point in EFFECTS]
ON_POSTGRES = [
    pytest.param(("on_postgres", point), id=f"postgres, {point}", marks=pytest.mark.postgres)
    for point in IN_TRANSACTIONS
]


@pytest.fixture(scope="module", params=ON_SQLITE + ON_POSTGRES)
def crashed(request: pytest.FixtureRequest) -> Crashed:
    place, point = request.param
    return Crashed(request.getfixturevalue(place), point)


def test_every_push_is_there_once_and_in_order(crashed: Crashed) -> None:
    kept = arrived(crashed.site.data)
    assert [kept.get(case.number) for case in crashed.cases] == [EVENTS, EVENTS]


def test_every_certificate_is_sealed_once_and_in_force(crashed: Crashed) -> None:
    made = [[(one.state, one.version) for one in crashed.site.made.versions(case.id)] for case in crashed.cases]
    assert made == [[("sealed", 1)], [("sealed", 1)]]
    with crashed.site.made.zhunyu.store.read() as tx:
        found = [one.status for case in crashed.cases for one in tx.certificates.of_case(case.id)]
    assert found == [CertificateStatus.VALID] * 2


def test_the_file_kept_is_the_one_the_register_names(crashed: Crashed) -> None:
    for case in crashed.cases:
        for version in crashed.site.made.versions(case.id):
            assert sm3_hex(crashed.site.made.zhunyu.files.get(version.file_key)) == version.digest


def test_every_case_is_done_and_its_certificate_told_once(crashed: Crashed) -> None:
    views = [crashed.site.made.zhunyu.cases.view(session_of(case), case.id) for case in crashed.cases]
    found = [(view.case.status, [one.kind for one in view.timeline].count("发证")) for view in views]
    assert found == [(Status.ISSUED, 1)] * 2


def test_nothing_is_left_undone_or_given_up(crashed: Crashed) -> None:
    assert set(crashed.site.made.zhunyu.effects.counts()) == {"done"}
    assert refusals(crashed.site.data) == []


def test_no_number_is_lost_or_doubled(crashed: Crashed) -> None:
    with crashed.site.made.zhunyu.store.read() as tx:
        found = tx.certificates.find(CertificateQuery(type="sample", limit=1000))
    year = crashed.site.made.zhunyu.clock.now().year
    wanted = [f"沪示〔{year}〕黄字第{place:05d}号" for place in range(1, len(found) + 1)]
    assert sorted(one.number for one in found) == wanted


def test_a_process_killed_while_the_peer_takes_the_message_has_effect_once(site: Site) -> None:
    case, victims = site.filed(), list[int]()
    begun = threading.Event()

    def kill() -> None:
        begun.wait(20)
        while victims:
            os.kill(victims.pop(), signal.SIGKILL)  # the sender is gone before the peer looks at the message

    site.gate.on_push = kill
    victims.append(site.start("effects", "never", "1"))
    begun.set()
    code = site.ended()
    site.gate.on_push = lambda: None
    site.restart()
    assert (code, arrived(site.data)[case.number]) == (KILLED, EVENTS)


@pytest.mark.parametrize("point", FILING)
def test_a_filing_cut_off_and_sent_again_makes_one_case(site: Site, point: str) -> None:
    number = site.next_number()
    draft = site.made.draft(session(number))
    assert site.killed("submit", point, "1", draft.id, str(number)) == KILLED
    case = site.made.zhunyu.cases.submit(session(number), draft.id, draft.id)
    subject = session(number).subject
    assert subject is not None
    with site.made.zhunyu.store.read() as tx:
        lines = tx.cases.lines(CaseQuery(subject_code=subject.code))
    assert [line.id for line in lines] == [case.id]


def test_a_filing_cut_off_before_its_commit_leaves_nothing(site: Site) -> None:
    number = site.next_number()
    draft = site.made.draft(session(number))
    site.killed("submit", "committing", "1", draft.id, str(number))
    with site.made.zhunyu.store.read() as tx:
        assert (tx.cases.submitted(draft.id), tx.drafts.get(draft.id)) == (None, draft)


def session_of(case: Case) -> Session:
    return session(int(case.subjects[0].code[-5:]))
