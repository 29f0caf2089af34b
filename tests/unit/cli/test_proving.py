"""`zhunyu prove` and the proofs of `zhunyu lint`: output, cache, tests written, exit codes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import cli
from engine.commands import proving
from engine.matters.tests_file import load_tests
from tests.unit.services.proof_worlds import check, loaded, project

Run = Callable[..., tuple[int, str]]
BROKEN = "never: [秒批 且 经营面积 > 50]\n"
SOUND = "never: [秒批 且 经营面积 > 60]\n"
FILE = Path("matters/x/sample.yaml")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `zhunyu` in a project whose matter breaks its own `never:`; exit code and output."""
    project(tmp_path, BROKEN)
    monkeypatch.setenv("ZHUNYU_HOME", str(tmp_path))
    monkeypatch.setenv("ZHUNYU_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main(arguments)
        return int(end.value.code or 0), capsys.readouterr().out

    return call


@pytest.fixture
def proofs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The matters that were really proved, in order."""
    real, asked = proving.prove, list[str]()

    def count(catalogue: object, matter: object, *rest: object, **more: object) -> object:
        asked.append(matter.id)  # type: ignore[attr-defined]
        return real(catalogue, matter, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(proving, "prove", count)
    return asked


def mend() -> None:
    FILE.write_text(FILE.read_text(encoding="utf-8").replace(BROKEN, SOUND), encoding="utf-8")


def test_a_broken_invariant_is_told_with_place_and_example_and_fails(run: Run) -> None:
    code, out = run("prove")
    assert code == 1 and "matters/x/sample.yaml:20 P101 违反 never" in out
    assert "    引擎的结论：秒批（instant）" in out and "never 1 条，证明了 0 条" in out


def test_a_sound_matter_passes(run: Run) -> None:
    mend()
    code, out = run("prove", "sample")
    assert code == 0 and "1 个事项（0 个取自上次）：0 个错误" in out and "证明了 1 条" in out


def test_what_was_proved_is_kept_until_the_matter_changes(run: Run, proofs: list[str]) -> None:
    first, again = run("prove"), run("prove")
    assert proofs == ["sample"] and again == (first[0], first[1].replace("（0 个", "（1 个"))
    mend()
    assert run("prove")[0] == 0 and proofs == ["sample", "sample"]
    run("prove", "--no-cache")
    assert len(proofs) == 3


@pytest.mark.parametrize("harm", [b"", b"{", b"\xff\xfe", b"[1]", b'{"key": 1}', b"[" * 9000])
def test_a_damaged_cache_is_ignored_and_written_again(run: Run, proofs: list[str], harm: bytes) -> None:
    whole = run("prove")
    kept = Path("data/proofs/sample.json")
    kept.write_bytes(harm)
    assert run("prove") == whole and len(proofs) == 2
    run("prove")
    assert len(proofs) == 2


def test_a_cache_that_cannot_be_written_does_no_harm(run: Run, proofs: list[str]) -> None:
    Path("data").write_text("a file, not a folder")
    assert run("prove")[0] == run("prove")[0] == 1 and len(proofs) == 2


def test_only_changed_matters_are_told(run: Run) -> None:
    assert "P101" in run("prove", "--changed")[1]
    code, out = run("prove", "--changed")
    assert code == 0 and "P101" not in out and "0 个事项" in out


def test_json_gives_every_finding(run: Run) -> None:
    code, out = run("prove", "--json")
    (finding,) = [one for one in json.loads(out) if one["code"] == "P101"]
    assert code == 1 and finding["matter"] == "sample" and finding["place"] == "matters/x/sample.yaml:20"
    assert finding["severity"] == "error" and finding["example"]


def test_an_example_becomes_a_test_that_awaits_confirmation_once(run: Run, tmp_path: Path) -> None:
    assert "P101" in run("prove", "--write-test")[1]
    path = tmp_path / "matters" / "x" / "sample.tests.yaml"
    tests, problems = load_tests(path, loaded(tmp_path))
    (made,) = [one for one in tests if one.name.startswith("证明 P101")]
    assert len(tests) == 2 and not problems and made.unconfirmed and float(made.answers["area"]) > 50
    text = path.read_text(encoding="utf-8")
    assert "expect: 待确认" in text and "# P101 违反 never" in text
    run("prove", "--write-test")
    assert path.read_text(encoding="utf-8") == text
    run("prove", "sample", "--write-test")
    assert len(load_tests(path, loaded(tmp_path))[0]) > 2  # those of notes, for a matter that is named


def test_lint_tells_the_errors_of_proofs_and_can_leave_them_out(run: Run) -> None:
    code, out = run("lint")
    assert code == 1 and "P101 违反 never" in out and "1 个错误" in out
    code, out = run("lint", "--no-prove")
    assert code == 0 and "P101" not in out


def test_an_unknown_matter_is_told_with_the_nearest(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(("prove", "sampel"))
    error = capsys.readouterr().err
    assert end.value.code == 1 and "A003" in error and "sample" in error


def test_forty_rules_over_sixty_fields_are_proved_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = "".join(f"      - {{id: n{n}, title: 数{n}, kind: 数, min: 0, max: {100 + n}}}\n" for n in range(54))
    monkeypatch.setenv("ZHUNYU_DATA_DIR", str(tmp_path / "data"))
    checks = "".join(check(f"c{n}", f"数{n} + 数{n + 1} ≤ {150 + n}") for n in range(40))
    project(tmp_path / "large", fields, "precheck:\n", checks, SOUND, tests="")
    started = time.monotonic()
    proving.prove_matters(tmp_path / "large", (), proving.Asked(), cli.terminal)
    cold = time.monotonic() - started
    started = time.monotonic()
    proving.prove_matters(tmp_path / "large", (), proving.Asked(), cli.terminal)
    assert cold < 10 and time.monotonic() - started < 2
