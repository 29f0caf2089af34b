"""A folder of matters becomes a catalogue; its effective texts mean the same as the matters themselves."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

import pytest

from engine.errors import ZhunyuError
from engine.matters import reference
from engine.matters.catalogue import Catalogue, effective, load_catalogue
from engine.matters.codes import warning
from engine.matters.encoding import decode, encode, fingerprint
from tests.project import project_catalogue
from tests.unit.matters.roots import lay

PROJECT = Path(__file__).parents[3]
BAD = """\
matter: {id}
title: 示例事项
item: {{kind: 行政许可, line: 示例, applicant: [法人]}}
authority: {{table: 示例机关}}
basis: [示例条例第一条]
effective: 2025-01-20
limit: {{legal: 无规定}}
form:
  - group: 场所
    fields:
      - {{id: area, title: 经营面积, kind: 数, unit: 平方米, {more}}}
decide:
  - {{id: otherwise, when: 总是, outcome: 转人工}}
"""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return project_catalogue()


def hashes(catalogue: Catalogue) -> dict[str, str]:
    return {id: one.hash for id, one in catalogue.matters.items()}


def write(root: Path, id: str, more: str = "min: 1.50") -> None:
    path = root / "matters" / "sample" / f"{id}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(BAD.format(id=id, more=more), encoding="utf-8")


def test_the_matters_of_the_project_have_no_errors() -> None:
    assert [str(one) for one in load_catalogue(PROJECT)[1] if not warning(one)] == []


def test_every_matter_file_of_the_project_is_in_its_catalogue(catalogue: Catalogue) -> None:
    assert set(catalogue.matters) == set(catalogue.known) and catalogue.known


def test_the_published_form_of_a_matter_reads_back_as_the_same_matter(catalogue: Catalogue) -> None:
    for matter in catalogue.matters.values():
        assert decode(encode(matter)) == matter


def test_the_hash_of_a_matter_is_that_of_its_published_form(catalogue: Catalogue) -> None:
    for matter in catalogue.matters.values():
        assert matter.hash == fingerprint(decode(encode(matter))) and len(matter.hash) == 64


def test_the_same_files_give_the_same_hash(catalogue: Catalogue) -> None:
    again = load_catalogue(PROJECT)[0]
    assert {id: one.hash for id, one in again.matters.items()} == {
        id: one.hash for id, one in catalogue.matters.items()
    }


@pytest.fixture(scope="module")
def texts(catalogue: Catalogue) -> dict[str, str]:
    shared = reference.load(PROJECT)
    return {id: effective(PROJECT, id, shared) for id in catalogue.known}


def test_the_effective_text_of_a_matter_links_to_the_same_hash(
    catalogue: Catalogue, texts: dict[str, str], tmp_path: Path
) -> None:
    shutil.copytree(PROJECT / "rules", tmp_path / "rules", ignore=shutil.ignore_patterns("guides"))
    (tmp_path / "matters").mkdir()
    for id, text in texts.items():
        (tmp_path / "matters" / f"{id}.yaml").write_text(text, encoding="utf-8")
    again = load_catalogue(tmp_path)[0]
    assert {id: one.hash for id, one in again.matters.items()} == {
        id: one.hash for id, one in catalogue.matters.items()
    }


def test_the_effective_text_names_no_fragment(texts: dict[str, str]) -> None:
    assert [id for id, text in texts.items() if re.search(r"(?m)^\s*(- )?use: ", text)] == []


def test_the_effective_text_of_an_unknown_matter_is_refused() -> None:
    with pytest.raises(ZhunyuError, match="A003"):
        effective(PROJECT, "no_such_matter")


def test_a_matter_with_errors_is_left_out_and_the_others_stay(tmp_path: Path) -> None:
    lay(tmp_path)
    write(tmp_path, "good_one")
    write(tmp_path, "bad_one", "unti: 米")
    found, problems = load_catalogue(tmp_path)
    assert set(found.matters) == {"good_one"} and {one.file for one in problems if not warning(one)} == {
        "matters/sample/bad_one.yaml"
    }


def test_only_the_asked_matter_is_loaded(tmp_path: Path) -> None:
    lay(tmp_path)
    write(tmp_path, "good_one")
    write(tmp_path, "bad_one", "unti: 米")
    found, problems = load_catalogue(tmp_path, "good_one")
    assert set(found.matters) == {"good_one"} and problems == ()


def test_asking_for_a_matter_that_is_not_there_says_what_is_near(tmp_path: Path) -> None:
    lay(tmp_path)
    write(tmp_path, "good_one")
    problems = load_catalogue(tmp_path, "good_on")[1]
    assert [(one.code, one.next) for one in problems] == [("M132", "是否想写 good_one？")]


def test_an_id_in_two_folders_is_told(tmp_path: Path) -> None:
    lay(tmp_path)
    write(tmp_path, "good_one")
    (tmp_path / "matters" / "other").mkdir()
    shutil.copy(tmp_path / "matters/sample/good_one.yaml", tmp_path / "matters/other/good_one.yaml")
    assert "M132" in {one.code for one in load_catalogue(tmp_path)[1]}


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    lay(tmp_path)
    write(tmp_path, "one", "unti: 米")
    write(tmp_path, "two", "when: 面积 > 1")
    assert {one.code for one in load_catalogue(tmp_path)[1] if not warning(one)} == {"M110", "R102"}


def test_an_unknown_key_suggests_the_near_one(tmp_path: Path) -> None:
    lay(tmp_path)
    write(tmp_path, "one", "requird: 否")
    found = [one for one in load_catalogue(tmp_path)[1] if one.code == "M110"]
    assert [one.next for one in found] == ["是否想写 required？"]


def test_a_folder_without_rules_or_matters_raises_nothing(tmp_path: Path) -> None:
    found, problems = load_catalogue(tmp_path)
    assert not found.matters and {one.code for one in problems} == {"M174"}


def test_loading_costs_at_most_fifty_milliseconds_a_matter(catalogue: Catalogue) -> None:
    began = time.process_time()
    load_catalogue(PROJECT)
    assert (time.process_time() - began) / max(len(catalogue.known), 1) < 0.05


def test_a_fault_in_a_fragment_is_told_once_with_the_matters_that_use_it(tmp_path: Path) -> None:
    lay(tmp_path)
    write(tmp_path, "one")
    write(tmp_path, "two")
    for path in (tmp_path / "matters" / "sample").iterdir():
        path.write_text(path.read_text(encoding="utf-8") + "never: [{use: other.never}]\n", encoding="utf-8")
    fragment = "never:\n  gives: never\n  body: [经营面织 > 1]\n"
    (tmp_path / "rules" / "fragments" / "other.yaml").write_text(fragment, encoding="utf-8")
    found = [one for one in load_catalogue(tmp_path)[1] if not warning(one)]
    assert [one.what.partition("（")[2] for one in found] == ["见于 one、two）。"]


def test_shared_data_that_cannot_be_read_is_told_without_its_consequences(tmp_path: Path) -> None:
    lay(tmp_path)
    write(tmp_path, "one")
    (tmp_path / "rules" / "authorities.yaml").write_text("tables: [", encoding="utf-8")
    found, problems = load_catalogue(tmp_path)
    assert not found.matters and {one.file for one in problems if not warning(one)} == {"rules/authorities.yaml"}


def test_a_fragment_file_that_cannot_be_read_is_told_without_its_consequences(tmp_path: Path) -> None:
    lay(tmp_path)
    write(tmp_path, "one")
    path = tmp_path / "matters" / "sample" / "one.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "never: [{use: other.never}]\n", encoding="utf-8")
    (tmp_path / "rules" / "fragments" / "other.yaml").write_text("never: {gives: nothing}", encoding="utf-8")
    assert {one.file for one in load_catalogue(tmp_path)[1] if not warning(one)} == {"rules/fragments/other.yaml"}
