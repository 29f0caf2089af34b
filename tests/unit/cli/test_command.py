from __future__ import annotations

import json
import secrets
import socket
import xml.etree.ElementTree as xml
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import cli
from engine.adapters.keys import RingSeals
from engine.trust.keys import new_ring, write_trusted
from tests.project import copied
from tests.unit.adapters.test_keys import PDF, certificate

ROOT = Path(__file__).resolve().parents[3]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in a copy of the shared rules with one family of matters; exit code, output, errors."""
    copied(tmp_path)
    monkeypatch.setenv("ZHUNYU_HOME", str(tmp_path))
    monkeypatch.setenv("ZHUNYU_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ZHUNYU_DEMO", "0")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            cli.main(arguments)
        except SystemExit as end:
            code = int(end.code or 0)
        else:
            code = 0
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def breaking(folder: Path) -> None:
    path = folder / "matters" / "public_place" / "public_place_cancel.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\nunknown_key: 1\nanother_key: 2\n", encoding="utf-8")


def test_lint_of_good_matters_ends_with_zero(run: Run) -> None:
    assert run("lint")[0] == 0


def test_lint_tells_every_error_at_once_and_ends_with_one(run: Run, tmp_path: Path) -> None:
    breaking(tmp_path)
    code, said, _ = run("lint")
    assert code == 1 and "unknown_key" in said and "another_key" in said


def test_an_error_names_its_file_and_line(run: Run, tmp_path: Path) -> None:
    breaking(tmp_path)
    assert "matters/public_place/public_place_cancel.yaml:" in run("lint")[1]


def test_a_new_matter_is_without_errors_and_its_tests_pass(run: Run) -> None:
    run("new", "dance_hall_new", "--title", "舞厅登记", "--line", "dance_hall")
    assert (run("lint", "dance_hall_new")[0], run("test", "dance_hall_new")[0]) == (0, 0)


def test_new_never_overwrites_a_matter(run: Run) -> None:
    code, _, said = run("new", "public_place_new", "--title", "新办", "--line", "public_place")
    assert code == 1 and said.startswith("M132 ")


def test_show_prints_a_matter_without_any_fragment_left(run: Run) -> None:
    code, said, _ = run("show", "public_place_cancel")
    assert code == 0 and "use:" not in said and said.startswith("matter: public_place_cancel")


def test_an_unknown_matter_is_one_line_and_one(run: Run) -> None:
    code, _, said = run("show", "nothing")
    assert code == 1 and said.count("\n") == 1 and said.startswith("A003 ")


def test_the_filter_keeps_the_tests_whose_name_contains_it(run: Run) -> None:
    said = run("test", "public_place_cancel", "-n", "没有在查案件")[1]
    assert "1 个测试通过" in said


def test_a_filter_that_fits_nothing_is_an_error(run: Run) -> None:
    assert run("test", "-n", "没有这样的测试")[0] == 1


def test_junit_holds_one_case_per_test(run: Run, tmp_path: Path) -> None:
    run("test", "public_place_cancel", "--junit", str(tmp_path / "out.xml"))
    suite = xml.parse(tmp_path / "out.xml").getroot()
    assert int(suite.get("tests", "0")) == len(suite) > 5


def test_a_test_that_does_not_hold_fails_and_says_by_what(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "matters" / "public_place" / "public_place_cancel.tests.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("outcome: 秒批", "outcome: 转人工"), encoding="utf-8")
    code, said, _ = run("test", "public_place_cancel")
    assert code == 1 and "outcome 应为 转人工，实为 秒批" in said


def application(folder: Path) -> Path:
    """The scene of a test file as an application of its own."""
    text = (folder / "matters" / "public_place" / "public_place_cancel.tests.yaml").read_text(encoding="utf-8")
    path = folder / "answers.yaml"
    path.write_text(text.split("\ntests:")[0] + "\n", encoding="utf-8")
    return path


def test_assess_says_the_outcome_and_the_row(run: Run, tmp_path: Path) -> None:
    code, said, _ = run("assess", "public_place_cancel", str(application(tmp_path)))
    assert code == 0 and "结论　秒批（依据 instant）" in said


def test_assess_shows_the_trace_of_the_deciding_row(run: Run, tmp_path: Path) -> None:
    said = run("assess", "public_place_cancel", str(application(tmp_path)))[1]
    assert "　真（实际" in said


def test_assess_gives_json_when_asked(run: Run, tmp_path: Path) -> None:
    said = run("assess", "public_place_cancel", str(application(tmp_path)), "--json")[1]
    assert json.loads(said)["assessment"]["outcome"] == "秒批"


def test_assess_of_an_unreadable_application_is_told_with_the_place(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text("given: {no_such_field: 1}\n", encoding="utf-8")
    code, _, said = run("assess", "public_place_cancel", str(path))
    assert code == 1 and "no_such_field" in said and str(path) in said


def sealed(folder: Path) -> tuple[Path, Path]:
    ring = new_ring(secrets.token_bytes)
    file, key = folder / "licence.pdf", folder / "trusted.json"
    file.write_bytes(RingSeals(ring).seal(PDF, certificate(), "2026-11-02T12:00:00+08:00")[0])
    key.write_text(write_trusted(ring.trusted("certificate")), encoding="utf-8")
    return file, key


def test_verify_of_an_untouched_file_ends_with_zero_and_tells_the_face(run: Run, tmp_path: Path) -> None:
    file, key = sealed(tmp_path)
    code, said, _ = run("verify", str(file), "--key", str(key))
    assert code == 0 and certificate().number in said and certificate().holder_name in said


def test_verify_of_an_altered_file_ends_with_one_and_tells_no_face(run: Run, tmp_path: Path) -> None:
    file, key = sealed(tmp_path)
    file.write_bytes(file.read_bytes().replace(b"obj", b"0bj", 1))
    code, said, _ = run("verify", str(file), "--key", str(key))
    assert code == 1 and "已被改动" in said and certificate().number not in said


def test_verify_without_public_keys_says_what_to_do(run: Run, tmp_path: Path) -> None:
    code, _, said = run("verify", str(sealed(tmp_path)[0]))
    assert code == 1 and said.startswith("K002 ") and "--key" in said


def test_a_busy_port_is_one_line_that_names_the_variable(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        monkeypatch.setenv("ZHUNYU_PORT", str(busy.getsockname()[1]))
        code, _, said = run("run")
    assert code == 1 and said.startswith("S003 ") and "ZHUNYU_PORT" in said and said.count("\n") == 1


def test_publish_of_a_catalogue_with_errors_publishes_nothing(run: Run, tmp_path: Path) -> None:
    breaking(tmp_path)
    run("migrate")
    code, said, _ = run("publish")
    assert code == 1 and "没有发布" in said


def test_what_was_published_is_unchanged_the_second_time(run: Run) -> None:
    run("migrate")
    run("publish", "public_place_cancel")
    assert "没有变化" in run("publish", "public_place_cancel")[1]


def test_reset_outside_a_terminal_needs_a_yes(run: Run) -> None:
    code, _, said = run("reset")
    assert code == 1 and "--yes" in said


def test_reset_empties_the_data_directory(run: Run, tmp_path: Path) -> None:
    run("migrate")
    run("reset", "--yes")
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["run.lock"]


def test_a_wrong_option_ends_with_two(run: Run) -> None:
    assert run("lint", "--no-such-option")[0] == 2
