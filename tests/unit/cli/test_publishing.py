"""`zhunyu publish` and `zhunyu shadow` on a small home of one matter."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from engine import cli
from engine.bootstrap import opened
from engine.cli.root import cli as commands
from engine.ports.accounts import Account
from engine.ports.publication import Publication
from engine.settings import ROOT, load

ID = "public_place_change_plate"
REASON = "测试尚在补写，窗口急用新的理由文字。"
Call = Callable[..., tuple[int, str, str]]


class Home:
    """A home with one matter on the shelf, and the command on it."""

    def __init__(self, folder: Path, call: Call) -> None:
        self.folder, self.call = folder, call
        self.matter = folder / "matters" / "public_place" / f"{ID}.yaml"
        self.tests = self.matter.with_name(f"{ID}.tests.yaml")

    def change(self, old: str, new: str) -> None:
        text = self.matter.read_text(encoding="utf-8")
        assert old in text
        self.matter.write_text(text.replace(old, new, 1), encoding="utf-8")

    def break_a_test(self) -> None:
        text = self.tests.read_text(encoding="utf-8")
        assert "outcome: 秒批" in text
        self.tests.write_text(text.replace("outcome: 秒批", "outcome: 转人工", 1), encoding="utf-8")

    def records(self) -> tuple[Publication, ...]:
        with opened(load()) as zhunyu, zhunyu.store.read() as tx:
            return tx.publications.of_matter(ID)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home and its data with one matter published for the first time, and its keeper's account."""
    folder = tmp_path_factory.mktemp("publishing")
    shutil.copytree(ROOT / "rules", folder / "home" / "rules", ignore=shutil.ignore_patterns("guides"))
    place = folder / "home" / "matters" / "public_place"
    place.mkdir(parents=True)
    for name in (f"{ID}.yaml", f"{ID}.tests.yaml"):
        shutil.copy(ROOT / "matters" / "public_place" / name, place / name)
    with pytest.MonkeyPatch.context() as patch:
        _environment(patch, folder)
        assert _called("migrate")[0] == 0
        assert _called("publish", ID)[0] == 0
        with opened(load()) as zhunyu, zhunyu.store.write() as tx:
            made = Account("KEEPER", "wang", "staff", "王业务", roles=("业务管理",), district="市级")
            tx.accounts.add(made, "hash", "2026-11-25T09:00:00+08:00")
    return folder


@pytest.fixture
def home(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Home]:
    shutil.copytree(template, tmp_path / "copy")
    _environment(monkeypatch, tmp_path / "copy")

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = _called(*arguments)[0]
        said = capsys.readouterr()
        return code, said.out, said.err

    yield Home(tmp_path / "copy" / "home", call)


def _environment(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.setenv("ZHUNYU_HOME", str(folder / "home"))
    patch.setenv("ZHUNYU_DATA_DIR", str(folder / "data"))
    patch.setenv("ZHUNYU_DEMO", "0")


def _called(*arguments: str) -> tuple[int]:
    try:
        cli.main(arguments)
    except SystemExit as end:
        return (int(end.code or 0),)
    return (0,)


def test_the_first_publication_asks_for_no_checks(home: Home) -> None:
    assert [one.how for one in home.records()] == ["初装"]


def test_a_change_is_told_weighed_and_published(home: Home) -> None:
    home.change("title: ", "title: 新的")
    code, said, progress = home.call("publish", ID)
    assert code == 0 and "名称：由" in said and "测试与覆盖：通过" in said and "证明：通过" in said
    assert f"[1/1] {ID}：测试与覆盖" in progress
    assert home.records()[0].how == "通过"


def test_a_failing_test_refuses_and_names_the_failure(home: Home) -> None:
    home.change("title: ", "title: 新的")
    home.break_a_test()
    code, said, _ = home.call("publish", ID)
    assert code == 1 and "M186" in said and "没有发布" in said
    assert len(home.records()) == 1


def test_an_override_publishes_and_keeps_the_failures(home: Home) -> None:
    home.change("title: ", "title: 新的")
    home.break_a_test()
    assert home.call("publish", ID, "--override", REASON, "--by", "wang")[0] == 0
    newest = home.records()[0]
    assert (newest.how, newest.account, newest.reason) == ("例外", "KEEPER", REASON)
    assert newest.by.startswith("王业务（wang），系统用户 ") and "M186" in newest.failures[0]


def test_an_override_without_a_name_is_refused(home: Home) -> None:
    code, _, said = home.call("publish", ID, "--override", REASON)
    assert code == 1 and "A004" in said


def test_an_override_by_nobody_is_refused_before_anything_is_weighed(home: Home) -> None:
    code, said, progress = home.call("publish", ID, "--override", REASON, "--by", "li")
    assert code == 1 and "A002" in progress and said == ""


def test_a_dry_run_publishes_nothing(home: Home) -> None:
    home.change("title: ", "title: 新的")
    code, said, _ = home.call("publish", ID, "--dry-run")
    assert (code, len(home.records())) == (0, 1) and "没有发布任何事项" in said


def test_starting_with_a_changed_file_does_not_pass_by_the_checks(home: Home) -> None:
    home.change("title: ", "title: 新的")
    home.break_a_test()
    code, said, _ = home.call("prepare")
    assert code == 0 and f"{ID} 有 1 处没有通过发布前检查" in said
    assert len(home.records()) == 1


def test_a_never_that_does_not_hold_refuses(home: Home) -> None:
    home.change("never: [", "never: [秒批 且 申请人.核验级别 ≥ 2, ")
    code, said, _ = home.call("publish", ID, "--dry-run")
    assert code == 1 and "P101" in said and "例：" in said


def test_a_shadow_is_started_listed_reported_and_stopped(home: Home, tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    text = home.matter.read_text(encoding="utf-8").replace("title: ", "title: 新的", 1)
    draft.write_text(text, encoding="utf-8")
    assert home.call("shadow", "start", ID, "--draft", str(draft), "--by", "wang", "--until", "2099-12-31")[0] == 0
    assert "运行中" in home.call("shadow", "list")[1]
    assert "比较 0 件" in home.call("shadow", "report", ID)[1]
    assert home.call("shadow", "stop", ID, "--by", "wang")[0] == 0
    assert "已停止" in home.call("shadow", "list", ID)[1]


def test_a_draft_with_faults_is_told_with_its_own_name_and_place(home: Home, tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_text(home.matter.read_text(encoding="utf-8").replace("effective:", "effectve:"), encoding="utf-8")
    code, _, said = home.call("shadow", "start", ID, "--draft", str(draft), "--by", "wang")
    assert code == 1 and f"{draft}:" in said and "M110" in said


def test_every_command_of_the_manual_exists_with_its_options() -> None:
    manual = (ROOT / "docs" / "发布与影子运行.md").read_text(encoding="utf-8")
    lines = re.findall(r"^zhunyu (.+)$", manual, re.MULTILINE)
    assert len(lines) > 6
    for line in lines:
        words, command = shlex.split(line), commands
        context = click.Context(commands)
        while isinstance(command, click.Group):
            found = command.get_command(context, words.pop(0))
            assert found is not None, line
            command = found  # type: ignore[assignment]
        known = {option for one in command.params for option in one.opts}
        assert {word for word in words if word.startswith("--")} <= known, line
