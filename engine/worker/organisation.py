"""Putting an organisation in from a YAML file: units, posts, people, permissions."""

from __future__ import annotations

from pathlib import Path

import msgspec
import yaml

from engine.bootstrap import Zhunyu
from engine.decoding import converted
from engine.errors import ZhunyuError
from engine.services.appointing import Charter


def read_charter(file: Path) -> Charter:
    """The file as values; A004 with the place and the cause when it does not fit."""
    try:
        found = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        return converted(found, Charter)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError) as error:
        advice = "请照 rules/demo/organisation.yaml 修改。"
        raise ZhunyuError("A004", f"组织文件 {file.name} 有误：{error}", advice, status=422) from error


def demo_organisation(zhunyu: Zhunyu, file: Path) -> int:
    """The demonstration's organisation, once: what was edited afterwards stays. How many entries."""
    if not file.exists() or zhunyu.staffing.organising.organisation()[0].units:
        return 0
    return zhunyu.staffing.organising.office.bring(read_charter(file))
