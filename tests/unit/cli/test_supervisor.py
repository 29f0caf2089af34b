from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.commands import supervisor
from engine.commands.welcome import welcome
from engine.errors import ZhunyuError
from engine.settings import Settings, load

LOGINS = """
applicants:
  - {login: one, password: demo-one, name: 陈示安, represents: [{code: X, name: 上海示例有限公司, role: 法定代表人}]}
staff:
  - {login: window, password: demo-window, name: 黄窗示, district: 黄浦区, roles: [窗口]}
  - {login: far, password: demo-far, name: 浦窗示, district: 浦东新区, roles: [窗口]}
"""


def settings(folder: Path, **given: str) -> Settings:
    return load({"ZHUNYU_DATA_DIR": str(folder / "data"), **{f"ZHUNYU_{name}": text for name, text in given.items()}})


def names(made: Settings) -> list[str]:
    return [plan.name for plan in supervisor.plans(made)]


def test_an_unsupported_python_is_s005(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 13, 0))
    with pytest.raises(ZhunyuError, match="S005"):
        supervisor.check_machine(settings(tmp_path))


def test_a_missing_library_is_s007_and_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec

    def missing(name: str, package: str | None = None) -> Any:
        return None if name == "typst" else found(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", missing)
    with pytest.raises(ZhunyuError, match=r"S007 .*typst.*make run"):
        supervisor.check_machine(settings(tmp_path))


def test_one_machine_runs_effects_web_and_the_sandbox(tmp_path: Path) -> None:
    assert names(settings(tmp_path)) == ["effects", "web", "peer"]


def test_with_celery_a_worker_and_beat_take_the_place_of_the_effects_process(tmp_path: Path) -> None:
    made = settings(tmp_path, WORKER="celery", BROKER_URL="redis://127.0.0.1:6379/0")
    assert names(made) == ["worker", "beat", "web", "peer"]


def test_all_children_are_told_the_same_data_directory(tmp_path: Path) -> None:
    made = settings(tmp_path)
    assert {plan.environ["ZHUNYU_DATA_DIR"] for plan in supervisor.plans(made)} == {str(made.data_dir)}


def test_no_secret_is_handed_to_children_by_the_supervisor(tmp_path: Path) -> None:
    made = settings(tmp_path)
    handed = [text for plan in supervisor.plans(made) for text in (*plan.command, *plan.environ.values())]
    assert not {made.secret, made.key_passphrase} & set(handed)


def test_two_supervisors_do_not_share_a_data_directory(tmp_path: Path) -> None:
    made = settings(tmp_path)
    with supervisor.one_at_a_time(made), pytest.raises(ZhunyuError, match="S006"), supervisor.one_at_a_time(made):
        raise AssertionError("the second one got in")


def test_the_box_shows_the_logins_of_the_first_office_only(tmp_path: Path) -> None:
    folder = tmp_path / "rules" / "demo"
    folder.mkdir(parents=True)
    (folder / "accounts.yaml").write_text(LOGINS, encoding="utf-8")
    said = "\n".join(welcome(settings(tmp_path, HOME=str(tmp_path)))[1])
    assert "demo-one" in said and "demo-window" in said and "demo-far" not in said


def test_without_the_demonstration_no_password_is_shown(tmp_path: Path) -> None:
    said = "\n".join(welcome(settings(tmp_path, DEMO="0"))[1])
    assert "口令" not in said
