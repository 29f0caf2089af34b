"""The list of all matters and the page of what waits for confirmation, as Markdown, made from the declarations.

`python -m engine.matters.matter_list` writes docs/事项目录.md and docs/待业务确认.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from engine.matters.catalogue import Catalogue, load_catalogue
from engine.model.authority import CITY
from engine.model.matter import Duration, Matter
from engine.model.route import DECIDING

LIST, WAITING = "docs/事项目录.md", "docs/待业务确认.md"
_HEAD = "| 事项 | 编号 | 类型 | 层级 | 法定 | 承诺 | 当场准予 | 证照 | 待确认 |"
_MADE = "本页由 `python -m engine.matters.matter_list` 从事项文件生成，与事项一致。"


def matter_list(catalogue: Catalogue) -> str:
    """Every matter by line: what it is, who handles it, within which limits, whether at once, and what it yields."""
    matters = _ordered(catalogue)
    instant = sum(_instant(one) for one in matters)
    stopped = [one for one in matters if one.stopped]
    parts = [
        "# 事项目录",
        f"{_MADE}共 {len(matters)} 个事项，其中 {instant} 个有可以当场准予的情形，{len(stopped)} 个停用。"
        "法定、承诺时限不注明单位的是工作日；待确认是等业务部门确认的条数，见[待业务确认](待业务确认.md)。",
    ]
    for line, group in groupby(matters, key=lambda one: one.line):
        rows = [_row(one, catalogue) for one in group]
        head = [_HEAD, "|---" * _HEAD.count(" | ") + "|---|"]
        parts += [f"## {line}（{len(rows)}）", "\n".join([*head, *rows])]
    if stopped:
        parts += ["## 停用的事项", "\n".join(f"- {one.title}：{one.stopped}" for one in stopped)]
    return "\n\n".join(parts) + "\n"


def waiting_list(catalogue: Catalogue) -> str:
    """What waits for confirmation by the business, by line; what many matters share is told once."""
    matters = _ordered(catalogue)
    parts = ["# 待业务确认", f"{_MADE}确认一条，就改事项、删去它在 `confirm:` 里的话，再重新生成。"]
    for line, group in groupby(matters, key=lambda one: one.line):
        said: dict[str, list[str]] = {}
        for matter in group:
            for words in matter.confirm:
                said.setdefault(words, []).append(matter.id)
        if said:
            parts += [f"## {line}", "\n".join(_waits(words, ids) for words, ids in said.items())]
    return "\n\n".join(parts) + "\n"


def _waits(words: str, ids: list[str]) -> str:
    shown = "、".join(f"`{id}`" for id in ids[:4]) + (f" 等 {len(ids)} 个" if len(ids) > 4 else "")
    return f"- {words.rstrip('。')}。（{shown}）"


def _ordered(catalogue: Catalogue) -> list[Matter]:
    """By line as the lines first come, then by main item and id."""
    lines = {line: place for place, line in enumerate(dict.fromkeys(one.line for one in catalogue.matters.values()))}
    return sorted(catalogue.matters.values(), key=lambda one: (lines[one.line], one.main_item, one.id))


def _row(matter: Matter, catalogue: Catalogue) -> str:
    kinds = catalogue.reference.certificates
    certificates = list(dict.fromkeys(kinds[one.type].title for one in matter.certificates if one.type in kinds))
    cells = [
        matter.title, f"`{matter.id}`", matter.kind, level(matter), _legal(matter.limits.legal), _promised(matter),
        "是" if _instant(matter) else "否", "、".join(certificates) or "—", str(len(matter.confirm) or "—"),
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def level(matter: Matter) -> str:
    """区级, 市级 or 市区两级, by the offices that decide."""
    deciding = [office for step in matter.route if step.role == DECIDING for office in step.offices]
    city = {office.district in ("", CITY) for office in deciding or matter.authorities}
    return "市区两级" if len(city) > 1 else "市级" if city == {True} else "区级"


def _instant(matter: Matter) -> bool:
    return any(row.outcome == "秒批" for row in matter.decide)


def _legal(limit: Duration) -> str:
    if limit.days is None:
        return "无规定"
    return "当场" if limit.days == 0 else f"{limit.days}{'' if limit.unit == '工作日' else ' ' + limit.unit}"


def _promised(matter: Matter) -> str:
    promised = matter.limits.promised
    said = [f"{way} {'当场' if days == 0 else days}" for way, days in promised.items()]
    return "，".join(said) or "—"


def pages(root: Path, catalogue: Catalogue) -> Iterator[tuple[Path, str]]:
    """The two pages with what they should say."""
    yield root / LIST, matter_list(catalogue)
    yield root / WAITING, waiting_list(catalogue)


def write(made: Iterable[tuple[Path, str]]) -> None:
    """Write the pages."""
    for path, text in made:
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    root = Path(__file__).resolve().parents[2]
    write(pages(root, load_catalogue(root)[0]))
