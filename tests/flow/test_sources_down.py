"""A source that is slow, down or talks rubbish: a person decides, nobody waits long, and nothing stays broken."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest
import requests

from engine.adapters.registry import HttpRegistry
from engine.errors import ZhunyuError
from engine.model.case import Case, Status
from engine.ports.accounts import Account, Represented
from engine.services.facts import DEADLINE
from engine.web.app import SESSION_KEY
from portal import create_app
from tests.flow.installed import Gate, Installed, with_sandbox
from tests.flow.world import located, session, together

FAULTS = ("slow", "down", "rubbish")
PATIENCE = DEADLINE + 1
PASSWORD = "Quiet-Harbour-2026"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installed, Gate]]:
    with with_sandbox(tmp_path_factory.mktemp("sources")) as made:
        made[0].publish(located(), timeout=1.0)
        yield made


@pytest.fixture
def made(site: tuple[Installed, Gate]) -> Iterator[Installed]:
    yield site[0]
    fault(site[0], "")


def fault(made: Installed, kind: str) -> None:
    wanted = {"/registry": kind} if kind else {}
    requests.post(f"{made.zhunyu.settings.peer_url}/faults", json=wanted, timeout=5).raise_for_status()


_numbers = iter(range(1, 60))


def filed_under(made: Installed, kind: str) -> tuple[Case, float]:
    """A case filed while the source has the fault, and how many seconds that took."""
    fault(made, kind)
    began = time.monotonic()
    case = made.filed(next(_numbers))
    return case, time.monotonic() - began


@pytest.mark.parametrize("kind", FAULTS)
def test_an_application_goes_to_a_person_and_says_what_was_not_verified(made: Installed, kind: str) -> None:
    case, _ = filed_under(made, kind)
    assert case.assessment is not None
    unknown = [one.message for one in case.assessment.findings if one.result == "unknown"]
    assert (case.status, case.certificates) == (Status.RECEIVED, ())
    assert unknown and all("未能核实" in message for message in unknown)


@pytest.mark.parametrize("kind", FAULTS)
def test_the_applicant_does_not_wait_beyond_the_deadline(made: Installed, kind: str) -> None:
    assert filed_under(made, kind)[1] < PATIENCE


@pytest.mark.parametrize("kind", FAULTS)
def test_the_case_says_why_the_source_said_nothing(made: Installed, kind: str) -> None:
    fact = filed_under(made, kind)[0].facts["licence"]
    assert (fact.state, fact.value) == ("unavailable", None) and fact.reason


def test_the_panel_of_a_form_answers_in_time_while_a_source_is_slow(made: Installed) -> None:
    draft = made.draft(session(59))
    fault(made, "slow")
    began = time.monotonic()
    preview = made.zhunyu.drafts.preview(session(59), draft.id)
    assert (time.monotonic() - began < PATIENCE, preview.instant) == (True, False)


def test_the_page_of_a_form_opens_in_time_while_a_source_is_slow(made: Installed) -> None:
    who = session(58)
    assert who.subject is not None
    represents = (Represented(who.subject, "法定代表人"),)
    account = Account(id="", login="patient", kind="applicant", name="张示例", level=3, represents=represents)
    person = made.zhunyu.accounts.create(account, PASSWORD)
    draft = made.draft(who, person.id)
    client = create_app(made.zhunyu).test_client()
    with client.session_transaction() as kept:
        kept[SESSION_KEY] = made.zhunyu.accounts.sign_in("applicant", "patient", PASSWORD).token
    fault(made, "slow")
    began = time.monotonic()
    answer = client.get(f"/apply/{draft.id}")
    assert (answer.status_code, time.monotonic() - began < PATIENCE) == (200, True)
    assert "未能核实" in answer.text or "未取到" in answer.text


def test_sixteen_applicants_at_once_do_not_wait_for_each_others_slow_sources(made: Installed) -> None:
    drafts = [(session(number), made.draft(session(number)).id) for number in range(40, 56)]
    fault(made, "slow")
    began = time.monotonic()
    seen = together(16, lambda place: made.zhunyu.drafts.preview(*drafts[place]).instant)
    assert (seen, time.monotonic() - began < PATIENCE) == ([False] * 16, True)


def test_a_new_application_is_granted_when_the_source_is_back(made: Installed) -> None:
    number = next(_numbers)
    fault(made, "down")
    draft = made.draft(session(number))
    case = made.zhunyu.cases.submit(session(number), draft.id, "")
    fault(made, "")
    made.zhunyu.cases.withdraw(session(number), case.id)
    assert (case.status, made.filed(number).status) == (Status.RECEIVED, Status.GRANTED)


def test_an_insisting_applicant_is_not_granted_what_was_not_verified(made: Installed) -> None:
    number = next(_numbers)
    fault(made, "rubbish")
    draft = made.draft(session(number))
    assert made.zhunyu.cases.submit(session(number), draft.id, "", insist=True).status is Status.RECEIVED


def test_a_material_is_not_waived_by_a_source_that_is_down(made: Installed) -> None:
    number = next(_numbers)
    draft = made.draft(session(number))
    with made.zhunyu.store.write() as tx:
        without = msgspec.structs.replace(draft, uploads={"plan": draft.uploads["plan"]}, revision=2)
        assert tx.drafts.replace(without, 1)
    fault(made, "down")
    with pytest.raises(ZhunyuError, match="A004"):
        made.zhunyu.cases.submit(session(number), draft.id, "")


class Dripping(BaseHTTPRequestHandler):
    """A source that promises an answer and sends it a byte at a time, for ever."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        stop: threading.Event = self.server.stop  # type: ignore[attr-defined]
        while not stop.wait(0.1):
            try:
                self.wfile.write(b" ")
                self.wfile.flush()
            except OSError:
                return

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def dripping() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Dripping)
    server.stop = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.stop.set()  # type: ignore[attr-defined]
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_source_that_drips_its_answer_is_given_up_at_its_timeout(dripping: str) -> None:
    began, answers = time.monotonic(), []

    def ask() -> None:
        answers.append(HttpRegistry(dripping).ask("/registry/business", {}, 0.5))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(4)
    assert [(one.state, one.reason) for one in answers] == [("unavailable", "来源未在时限内答复")]
    assert time.monotonic() - began < 3
