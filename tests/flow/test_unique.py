"""What may exist only once: raced for across processes, and free again when nobody needs it any more."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from engine.adapters.sql.database import Database
from engine.errors import ZhunyuError
from engine.model.case import Case, Status
from engine.model.commands import Accept, Command, Decline, FinishStep, RecordSealFailed, Refuse
from engine.model.people import Actor
from engine.ports.cases import CaseQuery
from engine.ports.world import Answer
from tests.flow.installed import Installed, installed
from tests.flow.world import World, session
from tests.unit.pipeline.sample import APPROVER, CLERK, INSPECTOR, SECOND_INSPECTOR

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 4
BASIS = ("《示例条例》第四条",)
Way = tuple[tuple[Command, Actor], ...]
DECLINED: Way = ((Decline("不属于本机关职权", BASIS), CLERK),)
REFUSED: Way = (
    (Accept(), CLERK),
    (FinishStep("inspect", "不符合", "通风不足"), INSPECTOR),
    (FinishStep("inspect", "不符合", "通风不足"), SECOND_INSPECTOR),
    (Refuse("现场不符合条件", BASIS), APPROVER),
)


@contextmanager
def process(made: Installed) -> Iterator[subprocess.Popen[str]]:
    """An applicant's process that is ready to file."""
    command = [sys.executable, "-m", "tests.flow.racing"]
    with subprocess.Popen(
        command, cwd=ROOT, env=made.child_environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as started:
        yield started
        assert started.stdin is not None
        started.stdin.close()
        assert started.wait(20) == 0


def tell(started: subprocess.Popen[str], line: str) -> None:
    assert started.stdin is not None
    started.stdin.write(line + "\n")
    started.stdin.flush()


def said(started: subprocess.Popen[str]) -> str:
    assert started.stdout is not None
    return started.stdout.readline().strip()


@pytest.fixture
def made(database: Database, tmp_path: Path) -> Iterator[Installed]:
    environ = {
        "ZHUNYU_DATA_DIR": str(tmp_path / "data"), "ZHUNYU_PEER_URL": "http://127.0.0.1:9", "ZHUNYU_DEMO": "0",
        "ZHUNYU_DEVELOPMENT_CA": "1",
        "ZHUNYU_DATABASE_URL": database.url.render_as_string(hide_password=False),
    }  # fmt: skip
    with installed(environ) as started:
        yield started


def test_of_two_alike_applications_in_two_processes_one_is_filed(made: Installed) -> None:
    with ExitStack() as stack:
        pair = [stack.enter_context(process(made)) for _ in range(2)]
        assert [said(one) for one in pair] == ["ready", "ready"]
        outcomes = []
        for number in range(1, ROUNDS + 1):
            drafts = [made.draft(session(number)).id for _ in pair]
            for one, draft in zip(pair, drafts, strict=True):
                tell(one, f"{draft} {number}")
            outcomes.append(sorted(said(one) for one in pair))
    with made.zhunyu.store.read() as tx:
        kept = len(tx.cases.lines(CaseQuery(limit=100)))
    assert (outcomes, kept) == ([["A009", Status.RECEIVED.value]] * ROUNDS, ROUNDS)


def by_hand(world: World) -> Case:
    world.registry.says = lambda _: Answer("value", {"status": "存续", "address": "别处"})
    return world.filed(session())


@pytest.mark.parametrize(("way", "status"), [(DECLINED, Status.NOT_ACCEPTED), (REFUSED, Status.REFUSED)])
def test_an_application_turned_down_may_be_made_again(world: World, way: Way, status: Status) -> None:
    case = by_hand(world)
    for command, actor in way:
        case = world.committing.carry_out(case, command, actor)
    assert (case.status, world.filed(session()).status) == (status, Status.RECEIVED)


def test_a_grant_keeps_its_place_although_its_file_could_not_be_made(world: World) -> None:
    case = world.filed(session())
    world.committing.report(case.id, RecordSealFailed(case.certificates[0], "版式有误"))
    with pytest.raises(ZhunyuError, match="A009"):
        world.filed(session())


def test_an_open_case_keeps_its_place_when_another_commits_first(world: World) -> None:
    case = by_hand(world)
    stale = world.load(case.id)
    world.committing.carry_out(case, Accept(), CLERK)
    with pytest.raises(ZhunyuError, match=r"C00[12]"):
        world.committing.carry_out(stale, Decline("不属于本机关职权", BASIS), CLERK)
    with pytest.raises(ZhunyuError, match="A009"):
        world.filed(session())
