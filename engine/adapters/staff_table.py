"""The table of who of the outside systems is who here: a YAML file that an installation keeps."""

from __future__ import annotations

from pathlib import Path

import msgspec
import yaml

from engine.decoding import converted
from engine.errors import ZhunyuError
from engine.ports.identity import StaffTable


class YamlStaffTable:
    """Read again when the file has changed; without a file nobody is known."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: tuple[int, StaffTable] = (0, StaffTable())

    def __call__(self) -> StaffTable:
        """The table as it is now; ZhunyuError S001 when it cannot be read."""
        try:
            changed = self._path.stat().st_mtime_ns
            if changed != self._kept[0]:
                told = yaml.safe_load(self._path.read_text(encoding="utf-8")) or {}
                self._kept = changed, converted(told, StaffTable)
        except FileNotFoundError:
            return StaffTable()
        except (OSError, yaml.YAMLError, msgspec.ValidationError) as error:
            raise ZhunyuError(
                "S001", f"人员对应表 {self._path.name} 无法使用：{error}", "请系统管理员改正。", status=503
            ) from error
        return self._kept[1]
