"""The shared data of `rules/`: code lists, dated parameters, sources, certificate types, authorities, calendar."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from engine.errors import Problem
from engine.matters import kinds, structure, tree
from engine.matters.authorities import authorities
from engine.matters.expressions import expressions
from engine.matters.fragment_library import Fragment, library
from engine.matters.yaml_reader import Map, Mark, read
from engine.model.authority import Authority
from engine.model.certificate import Overprint
from engine.model.matter import Parameter, ParameterEntry
from engine.model.types import Part, Type
from engine.rules.scope import Expression

SECTIONS = {
    "codes": ("codes",), "parameters": ("parameters",), "sources": ("sources",), "certificates": ("types",),
    "authorities": ("offices", "tables"), "calendar": ("days",), "expressions": ("expressions",),
}  # fmt: skip


IDENTITIES = ("统一社会信用代码", "身份证号")  # the kinds that say whom a source is asked about


class Source(msgspec.Struct, frozen=True, omit_defaults=True):
    """A source of facts. `via`: peer (HTTP) | own (our database); `asks`: 申请人 | 核验 | 公开; `timeout` seconds.

    `args` maps its parameters to field kinds; `type` is what it answers: a record, or rows when `many`.
    `sensitive` are the part ids that no trace may show.
    """

    id: str
    title: str
    authoritative: bool
    via: str
    path: str
    timeout: float
    asks: str
    args: dict[str, str]
    many: bool
    type: Type
    sensitive: tuple[str, ...] = ()

    @property
    def identities(self) -> tuple[str, ...]:
        """The parameters that say whom it is asked about."""
        return tuple(name for name, kind in self.args.items() if kind in IDENTITIES)


class CertificateType(msgspec.Struct, frozen=True, omit_defaults=True):
    """A type of certificate: its face in print order, what the register keeps, and its renewal window in days.

    `code` is its 证照类型代码 (GB/T 36904-2018), "" while it has none. `labels` are its own words for 编号 发证机关
    发证日期 有效期限; `named` is the face line of the holder's name, "" for 单位名称 or 姓名.
    `overprint` is where the blank forms of the type are printed on.
    """

    id: str
    title: str
    face: tuple[str, ...]
    holder: str = "法人"
    layout: str = "licence"
    item: dict[str, Part] = {}
    sensitive: tuple[str, ...] = ()
    renewal_from: int = 0
    renewal_to: int = 0
    code: str = ""
    labels: dict[str, str] = {}
    named: str = ""
    overprint: Overprint | None = None


class Reference(msgspec.Struct, frozen=True):
    """All shared data. `parameters` and `codes` go by the names rules use; `calendar` maps ISO dates to 休 or 班."""

    codes: dict[str, tuple[str, ...]] = {}
    parameters: dict[str, Parameter] = {}
    sources: dict[str, Source] = {}
    certificates: dict[str, CertificateType] = {}
    authorities: dict[str, tuple[Authority, ...]] = {}
    calendar: dict[str, str] = {}
    years: tuple[str, ...] = ()
    expressions: dict[str, Expression] = {}


class Shared(msgspec.Struct, frozen=True):
    """The reference with the fragments and with what is wrong in the files of `rules/`.

    `unread` says that a file of shared data could not be read and counts as empty.
    """

    reference: Reference
    fragments: dict[str, Fragment]
    problems: tuple[Problem, ...]
    unread: bool = False


def load(root: Path) -> Shared:
    """Read `root/rules`. A file with errors counts as empty; nothing is raised."""
    problems: list[Problem] = []
    codes = _codes(_merged(root, "codes", problems)["codes"])
    calendar = _merged(root, "calendar", problems)
    reference = Reference(
        codes=codes,
        parameters=_parameters(_merged(root, "parameters", problems), codes, problems),
        sources=_sources(_merged(root, "sources", problems), codes, problems),
        certificates=_certificates(_merged(root, "certificates", problems), codes, problems),
        authorities=authorities(_merged(root, "authorities", problems), codes, problems),
        calendar=dict(calendar["days"]),
        years=tree.texts(calendar, "years"),
        expressions=expressions(_merged(root, "expressions", problems), problems),
    )
    fragments, wrong = library(_fragment_files(root, problems))
    problems += wrong
    unread = any(one.code < "M115" for one in problems)
    return Shared(reference, fragments, tuple(problems), unread)


def shared_files(root: Path, name: str) -> tuple[Path, ...]:
    """The files of one kind of shared data: `rules/<name>.yaml` and, one a line of business, `rules/<name>/*.yaml`."""
    whole = root / "rules" / f"{name}.yaml"
    return (*((whole,) if whole.exists() else ()), *sorted((root / "rules" / name).glob("*.yaml")))


def _merged(root: Path, name: str, problems: list[Problem]) -> Map:
    """The files of one kind as one tree. A file with errors counts as empty; what two files give is a fault."""
    whole = Map(Mark())
    for section in SECTIONS[name]:
        whole.put(section, Map(Mark()), Mark(), Mark())
    for path in shared_files(root, name):
        node, wrong = read(path, path.relative_to(root).as_posix())
        problems += wrong
        if node is None:
            continue
        wrong = structure.check(node, name)
        problems += wrong
        if not wrong:
            for section, found in node.items():
                _add(whole, section, found, node, problems)
    return whole


def _add(whole: Map, section: str, found: Any, node: Map, problems: list[Problem]) -> None:
    if not isinstance(found, Map):
        whole.put(section, found, tree.key_place(node, section), tree.place(node, section))
        return
    kept: Map = whole[section]
    for key, value in found.items():
        if key in kept:
            where = kept.key_at[key]
            what = f"“{key}”在 {where.file} 第 {where.line} 行已经给过。"
            problems.append(tree.at("M102", tree.key_place(found, key), what, "请删去一处，或换一个名称。"))
        else:
            kept.put(key, value, tree.key_place(found, key), tree.place(found, key))


def _fragment_files(root: Path, problems: list[Problem]) -> list[tuple[str, Any]]:
    found = []
    for path in sorted((root / "rules" / "fragments").glob("*.yaml")):
        node, wrong = read(path, f"rules/fragments/{path.name}")
        problems += wrong
        if node is not None:
            found.append((path.stem, node))
    return found


def _codes(node: Map) -> dict[str, tuple[str, ...]]:
    return {name: tuple(str(one) for one in values) for name, values in node.items()}


def _parameters(node: Map, codes: kinds.Codes, problems: list[Problem]) -> dict[str, Parameter]:
    found = {}
    for name, one in node["parameters"].items():
        entries = tuple(
            ParameterEntry(tree.text(entry, "since"), tree.bare(entry["value"]), tree.text(entry, "basis"),
                           tree.text(entry, "recorded"))
            for entry in one["entries"]
        )  # fmt: skip
        days = [entry.since for entry in entries]
        if days != sorted(set(days)):
            mark = tree.place(one, "entries")
            problems.append(
                tree.at("M175", mark, f"参数 {name} 的条目没有按日期先后排列，或日期重复。", "请从旧到新排列。")
            )
        made = kinds.type_of(one, codes)
        found[name] = Parameter(tree.text(one, "id"), tree.text(one, "title", name), made, entries)
    return found


def _parts(node: Map, codes: kinds.Codes, problems: list[Problem]) -> dict[str, Part]:
    for one in node.values():
        problems += kinds.check(one, codes)
    return {key: kinds.part(one, codes) for key, one in node.items()}


def _hidden(node: Map) -> tuple[str, ...]:
    return tuple(key for key, one in node.items() if tree.truth(one, "sensitive", kinds.KINDS[one["kind"]].sensitive))


def _sources(node: Map, codes: kinds.Codes, problems: list[Problem]) -> dict[str, Source]:
    found = {}
    for id, one in node["sources"].items():
        many = tree.truth(one, "many")
        found[id] = Source(
            id=id,
            title=tree.text(one, "title"),
            authoritative=tree.truth(one, "authoritative"),
            via=tree.text(one, "via"),
            path=tree.text(one, "path"),
            timeout=float(one.get("timeout", 2)),
            asks=tree.text(one, "asks"),
            args={key: str(value) for key, value in (one.get("args") or {}).items()},
            many=many,
            type=Type("rows" if many else "record", parts=_parts(one["gives"], codes, problems)),
            sensitive=_hidden(one["gives"]),
        )
        if found[id].asks == "申请人" and not found[id].identities:
            problems.append(_nobody(id, one))
    return found


def _nobody(id: str, node: Map) -> Problem:
    """A source that may only be asked about the applicant and cannot tell about whom it is asked."""
    what = f"来源 {id} 只能问申请人本身，参数里却没有{'或'.join(IDENTITIES)}，办理时总是取不到（只能查询申请人本身）。"
    return tree.at("M143", tree.place(node, "args"), what, "请把代码参数的种类写成统一社会信用代码或身份证号。")


def _unprinted(node: Map) -> Iterator[Problem]:
    """Own words that the face does not print."""
    face, labels = tree.texts(node, "face"), node.get("labels") or Map(node.mark)
    given = [(str(word), tree.place(labels, key)) for key, word in labels.items()]
    given += [(tree.text(node, "named"), tree.place(node, "named"))] if "named" in node else []
    places = (node.get("overprint") or {}).get("lines") or Map(node.mark)
    given += [(str(title), tree.key_place(places, title)) for title in places]
    for word, mark in given:
        if word not in face:
            yield tree.at("M164", mark, f"照面里没有“{word}”。", tree.near(word, face) or "请把它写进 face。")


def _overprint(node: Map) -> Overprint | None:
    given = node.get("overprint")
    if given is None:
        return None
    width, height = (float(one) for one in given["paper"])
    lines = {str(title): tuple(float(number) for number in place) for title, place in given["lines"].items()}
    return Overprint(width, height, lines)  # type: ignore[arg-type]  # three numbers each, by the schema


def _certificates(node: Map, codes: kinds.Codes, problems: list[Problem]) -> dict[str, CertificateType]:
    found = {}
    for id, one in node["types"].items():
        problems += _unprinted(one)
        item, renewal = one.get("item") or Map(one.mark), one.get("renewal") or {}
        found[id] = CertificateType(
            id=id,
            title=tree.text(one, "title"),
            face=tree.texts(one, "face"),
            holder=tree.text(one, "holder", "法人"),
            layout=tree.text(one, "layout", "licence"),
            item=_parts(item, codes, problems),
            sensitive=_hidden(item),
            renewal_from=int(renewal.get("from", 0)),
            renewal_to=int(renewal.get("to", 0)),
            code=tree.text(one, "code"),
            labels={key: str(value) for key, value in (one.get("labels") or {}).items()},
            named=tree.text(one, "named"),
            overprint=_overprint(one),
        )
    return found
