"""`zhunyu explain` and `replay`, and the worked examples of the manual."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from engine.trust.keys import write_trusted
from tests.unit.cli.test_command import ROOT, Run, run
from tests.unit.pipeline.judged import RING, filed, hashed, receipt
from tests.unit.pipeline.sample import licence_fact

__all__ = ["run"]
MANUAL = (ROOT / "docs" / "说明与回执.md").read_text(encoding="utf-8")


def example(language: str, place: int = 0) -> str:
    """A fenced example of the manual."""
    return re.findall(rf"```{language}\n(.*?)```", MANUAL, re.DOTALL)[place]


def application(folder: Path, old: str = "", new: str = "") -> str:
    """The passing renewal of the test file with one thing changed, as a file of its own."""
    text = (ROOT / "matters/public_place/public_place_renew.tests.yaml").read_text(encoding="utf-8")
    path = folder / "申请.yaml"
    path.write_text(text[: text.index("\ntests:")].replace(old, new) + "\n", encoding="utf-8")
    return str(path)


def test_the_manuals_example_of_staff_comes_out_as_printed(run: Run, tmp_path: Path) -> None:
    path = application(tmp_path, "changed_since: false", "changed_since: true")
    code, said, _ = run("explain", "public_place_renew", path)
    shown = [line for line in example("text").splitlines() if line.strip() and line.strip() != "…"]
    assert code == 0 and [line for line in shown if line not in said.splitlines()] == []


def test_an_applicants_explanation_has_no_rule_paths(run: Run, tmp_path: Path) -> None:
    path = application(tmp_path, "changed_since: false", "changed_since: true")
    code, said, _ = run("explain", "public_place_renew", path, "--for", "申请人", "--json")
    made = json.loads(said)
    assert code == 0 and made["reader"] == "申请人" and "trace" not in said
    assert "“布局设施有变化”属实填写为 否" in made["mending"]["proposals"][0]["words"]


def test_the_keys_of_the_json_are_those_of_the_manual(run: Run, tmp_path: Path) -> None:
    made = json.loads(run("explain", "public_place_renew", application(tmp_path), "--json")[1])
    assert [key for key in made if f"`{key}`" not in MANUAL] == []


def test_an_explanation_is_written_as_a_page_that_stands_alone(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "说明.html"
    assert run("explain", "public_place_renew", application(tmp_path), "--html", str(page))[0] == 0
    text = page.read_text(encoding="utf-8")
    assert "<!doctype html>" in text and "公共场所卫生许可（延续）" in text and "<script" not in text


def test_an_unknown_matter_is_told(run: Run, tmp_path: Path) -> None:
    code, _, told = run("explain", "nothing_such", application(tmp_path))
    assert code == 1 and "A003 没有可用的事项" in told


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A receipt of staff, and the public keys."""
    matter = hashed()
    data, key = tmp_path / "回执.json", tmp_path / "decision-trusted.json"
    data.write_bytes(receipt(matter, filed(matter, licence_fact(address="别处"))))
    key.write_text(write_trusted(RING.trusted("decision")), encoding="utf-8")
    return data, key


def test_a_receipt_replays_offline(run: Run, files: tuple[Path, Path]) -> None:
    code, said, _ = run("replay", str(files[0]), "--key", str(files[1]))
    assert code == 0 and "签名有效" in said and "完全一致。" in said and not Path("data").exists()


def test_a_replay_is_told_as_json(run: Run, files: tuple[Path, Path]) -> None:
    code, said, _ = run("replay", str(files[0]), "--key", str(files[1]), "--json")
    assert code == 0 and json.loads(said)["identical"] is True


def test_a_forged_receipt_ends_with_one(run: Run, files: tuple[Path, Path]) -> None:
    files[0].write_bytes(files[0].read_bytes().replace("转人工".encode(), "不予许可".encode(), 1))
    code, said, told = run("replay", str(files[0]), "--key", str(files[1]))
    assert code == 1 and told.startswith("K005") and "一致" not in said


def test_the_matter_of_a_receipt_is_saved_and_given_back(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    saved = tmp_path / "事项.json"
    assert run("replay", str(files[0]), "--key", str(files[1]), "--save-matter", str(saved))[0] == 0
    assert run("replay", str(files[0]), "--key", str(files[1]), "--matter", str(saved))[0] == 0
    saved.write_bytes(saved.read_bytes().replace("示例许可".encode(), "别的许可".encode()))
    code, _, told = run("replay", str(files[0]), "--key", str(files[1]), "--matter", str(saved))
    assert code == 1 and told.startswith("K005")


def test_without_public_keys_nothing_is_believed(run: Run, files: tuple[Path, Path]) -> None:
    code, _, told = run("replay", str(files[0]))
    assert code == 1 and told.startswith("K002")
