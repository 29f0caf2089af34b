"""`zhunyu archive` on a case that has ended: make, list, check, export; and what is refused."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.adapters.sql.database import Database
from engine.adapters.sql.schema import migrate
from engine.cli import cli
from engine.errors import ZhunyuError
from engine.trust import package
from tests.flow.archive_world import archive_world


def test_a_case_is_made_listed_checked_and_exported_by_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'zhunyu.db'}")
    migrate(database)
    with archive_world(tmp_path, database) as world:
        case = world.ended()
        for name, value in world.environ.items():
            monkeypatch.setenv(name, value)

        def run(*arguments: str) -> Result:
            result = CliRunner().invoke(cli, ["archive", *arguments], standalone_mode=False)
            if isinstance(result.exception, ZhunyuError):
                raise result.exception
            return result

        assert "没有符合条件" in run("list").output
        with pytest.raises(ZhunyuError, match="A003"):
            run("check", case.number)
        made = run("make", case.number)
        assert "待外部复核" in made.output and made.exit_code == 0
        assert case.subjects[0].name in run("list", "示例1号").output
        assert "待外部复核" in run("check", case.number).output
        target = tmp_path / "包.zip"
        run("export", case.number, "-o", str(target))
        assert package.unpack(target.read_bytes())[0].startswith(case.number)
        assert target.stat().st_mode & 0o077 == 0
        with pytest.raises(ZhunyuError, match="S004"):
            run("export", case.number, "-o", str(target))
        run("export", case.number, "--pdf", "-o", str(tmp_path / "全卷.pdf"))
        assert (tmp_path / "全卷.pdf").read_bytes().startswith(b"%PDF")
        assert "已交付移交" in run("transfer", case.number).output
        world.clock.move(timedelta(seconds=30))  # the command has a clock of its own
        world.work()
        assert "已移交" in run("list").output
    database.close()
