"""The tables of offices: which office may handle a matter, for which district, from which day on."""

from __future__ import annotations

from typing import Any

from engine.errors import Problem
from engine.matters import kinds, tree
from engine.matters.yaml_reader import Map
from engine.model.authority import CITY, Authority

_OFFICE = tuple(name for name in Authority.__struct_fields__ if name != "since")


def authorities(node: Map, codes: kinds.Codes, problems: list[Problem]) -> dict[str, tuple[Authority, ...]]:
    """Every table by name. A table lists its offices itself, or grants lists of `offices` from a day on.

    A table serves every district, or is the city's own (one office of the district 市级, or of none).
    """
    lists = {name: [_office(row) for row in rows] for name, rows in node["offices"].items()}
    found = {}
    for name, rows in node["tables"].items():
        made = tuple(one for row in rows for one in _granted(row, lists, problems))
        covered = {one.district for one in made}
        missing = [one for one in codes.get(kinds.DISTRICTS, ()) if one not in covered]
        if missing and made and not covered <= {"", CITY}:
            what = f"授权表 {name} 缺少{'、'.join(missing)}。"
            advice = "请补上；全市一个机关的不写 district，或写 市级。"
            problems.append(tree.at("M170", tree.key_place(node["tables"], name), what, advice))
        found[name] = made
    return found


def _office(row: Map, since: str = "") -> Authority:
    return Authority(**{key: tree.text(row, key) for key in _OFFICE}, since=tree.text(row, "since", since))


def _granted(row: Map, lists: dict[str, list[Authority]], problems: list[Problem]) -> list[Authority]:
    if "offices" not in row:
        return [_office(row)]
    name = tree.text(row, "offices")
    if name not in lists:
        problems.append(tree.at("M170", tree.place(row, "offices"), f"没有机关名单 {name}。", tree.near(name, lists)))
    since: Any = tree.text(row, "since")
    return [Authority(**{key: getattr(one, key) for key in _OFFICE}, since=since) for one in lists.get(name, ())]
