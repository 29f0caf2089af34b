"""A start that cannot succeed: one line that says what to do, an exit code that is not zero, and no traceback."""

from __future__ import annotations

import fcntl
import os
import pty
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.commands import supervisor
from engine.errors import ZhunyuError
from engine.settings import load
from tests.unit.cli.test_command import ROOT, run

__all__ = ["run"]
Run = Callable[..., tuple[int, str, str]]
PYTHON = """#!/bin/sh
case "$1" in
  --version) echo "Python {version}" ;;
  -c) case "$2" in
        *version_info*) exit {unsupported} ;;
        *durable*) exit 1 ;;
        *sysconfig*) echo /nowhere ;;
      esac ;;
  -m) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
esac
"""
TOOLS = ("sh", "bash", "cat", "cksum", "awk", "dirname", "mkdir", "cp", "rm", "env", "tail")


def told_once(said: str, code: str) -> bool:
    return said.startswith(f"{code} ") and said.count("\n") == 1 and "Traceback" not in said


def test_a_data_folder_that_is_a_file_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")
    monkeypatch.setenv("ZHUNYU_DATA_DIR", str(tmp_path / "file" / "data"))
    code, _, said = run("run")
    assert code == 1 and told_once(said, "S004") and "ZHUNYU_DATA_DIR" in said


def test_a_busy_port_of_the_peer_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free, socket.socket() as busy:
        for one in (free, busy):
            one.bind(("127.0.0.1", 0))
        busy.listen()
        monkeypatch.setenv("ZHUNYU_PEER_PORT", str(busy.getsockname()[1]))
        monkeypatch.setenv("ZHUNYU_PORT", str(free.getsockname()[1]))
        free.close()
        code, _, said = run("run")
    assert code == 1 and told_once(said, "S003") and "ZHUNYU_PEER_PORT" in said


def test_a_second_start_on_the_same_folder_is_one_line(run: Run, tmp_path: Path) -> None:
    run("migrate")
    with (tmp_path / "data" / "run.lock").open("a") as held, socket.socket() as one, socket.socket() as two:
        fcntl.flock(held, fcntl.LOCK_EX)
        for free in (one, two):
            free.bind(("127.0.0.1", 0))
        os.environ["ZHUNYU_PORT"] = str(one.getsockname()[1])
        os.environ["ZHUNYU_PEER_PORT"] = str(two.getsockname()[1])
        one.close()
        two.close()
        try:
            code, _, said = run("run")
        finally:
            del os.environ["ZHUNYU_PORT"], os.environ["ZHUNYU_PEER_PORT"]
    assert code == 1 and "S006 " in said and "Traceback" not in said


@pytest.mark.parametrize("version", [(3, 10, 14, "final", 0), (3, 13, 0, "final", 0)])
def test_an_unsupported_python_is_s005(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: tuple[int, ...]
) -> None:
    settings = load({"ZHUNYU_DATA_DIR": str(tmp_path)})
    monkeypatch.setattr(supervisor.sys, "version_info", version)
    with pytest.raises(ZhunyuError, match=r"S005 .*3\.11"):
        supervisor.check_machine(settings)


def test_a_missing_library_is_s007(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = load({"ZHUNYU_DATA_DIR": str(tmp_path)})
    monkeypatch.setattr(supervisor.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ZhunyuError, match="S007 "):
        supervisor.check_machine(settings)


@pytest.mark.parametrize("name", ["ZHUNYU_PORT", "ZHUNYU_WORKER", "ZHUNYU_PEER_URL"])
def test_a_setting_that_cannot_be_read_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "全角８０００")
    code, _, said = run("run")
    assert code == 1 and told_once(said, "S001") and name in said


def checkout(folder: Path, version: str, supported: bool) -> Path:
    """The part of a checkout that prepares the environment, and a PATH on which only this Python is found."""
    for name in ("scripts", "requirements"):
        shutil.copytree(ROOT / name, folder / name)
    programs = folder / "programs"
    programs.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None, tool
        (programs / tool).symlink_to(found)
    (programs / "python3").write_text(PYTHON.format(version=version, unsupported=0 if supported else 1), "ascii")
    (programs / "python3").chmod(0o755)
    return programs


def bootstrap(folder: Path, programs: Path) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": str(programs), "LANG": "C.UTF-8"}
    return subprocess.run(
        ["bash", "scripts/bootstrap.sh", "runtime"], cwd=folder, env=environ, capture_output=True, text=True, timeout=30
    )


@pytest.mark.parametrize("version", ["3.10.14", "3.13.1"])
def test_preparing_with_the_wrong_python_names_the_one_that_is_there(tmp_path: Path, version: str) -> None:
    ended = bootstrap(tmp_path, checkout(tmp_path, version, supported=False))
    assert ended.returncode == 1 and told_once(ended.stderr, "S005") and version in ended.stderr


def test_preparing_without_any_python_says_so(tmp_path: Path) -> None:
    programs = checkout(tmp_path, "", supported=False)
    (programs / "python3").unlink()
    ended = bootstrap(tmp_path, programs)
    assert ended.returncode == 1 and ended.stderr.startswith("S005 ") and ended.stderr.count("\n") == 1


def test_preparing_without_a_compiler_says_what_to_install(tmp_path: Path) -> None:
    ended = bootstrap(tmp_path, checkout(tmp_path, "3.11.9", supported=True))
    assert ended.returncode == 1 and told_once(ended.stderr, "S006") and "gcc" in ended.stderr


def test_preparing_without_the_headers_of_python_says_what_to_install(tmp_path: Path) -> None:
    programs = checkout(tmp_path, "3.11.9", supported=True)
    (programs / "cc").symlink_to(programs / "cat")
    ended = bootstrap(tmp_path, programs)
    assert ended.returncode == 1 and told_once(ended.stderr, "S006") and "Python.h" in ended.stderr


def answered(answer: bytes, folder: Path) -> tuple[int, bool]:
    """`make reset`'s command with somebody at a terminal; its exit code, and whether the data are still there."""
    data = folder / "data"
    data.mkdir()
    (data / "kept").write_text("办件", encoding="utf-8")
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "engine.cli", "reset"]
    environ = {**os.environ, "ZHUNYU_DATA_DIR": str(data)}
    with subprocess.Popen(command, cwd=ROOT, env=environ, stdin=slave, stdout=slave, stderr=slave) as process:
        os.close(slave)
        os.write(master, answer + b"\n")
        code = process.wait(30)
    os.close(master)
    return code, (data / "kept").exists()


@pytest.mark.parametrize(("answer", "ended"), [(b"n", (1, True)), (b"", (1, True)), (b"y", (0, False))])
def test_reset_asks_and_does_nothing_without_a_yes(tmp_path: Path, answer: bytes, ended: tuple[int, bool]) -> None:
    assert answered(answer, tmp_path) == ended


def test_make_reset_leaves_the_question_to_the_command() -> None:
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").split("\nreset:", 1)[1]
    assert "cli reset" in recipe and "--yes" not in recipe
