"""Electronic archives 电子档案: the plan they follow, the description of one file of a case, and what checks find."""

from __future__ import annotations

import msgspec

# The folders of a package in the order in which its files are arranged and printed.
FORM, ATTACHED, PROCESS, PERMITS, EVIDENCE = "申请材料", "附件证明", "办理流程", "许可文书", "存证"
FOLDERS = (FORM, ATTACHED, PROCESS, PERMITS, EVIDENCE)
PASSED, FAILED, NOT_APPLICABLE, EXTERNAL = "通过", "未通过", "不适用", "待外部复核"
KINDS = ("真实性", "完整性", "可用性", "安全性")  # 四性, DA/T 70-2018


class Period(msgspec.Struct, frozen=True):
    """A retention period: its word in matters (30 年), its code in numbers (D30), its years; None means permanent."""

    word: str
    code: str
    years: int | None = None


class ArchiveClass(msgspec.Struct, frozen=True):
    """A class of archives: the word in matters, its code, and the period where a matter names none."""

    word: str
    code: str
    retain: str


class Schedule(msgspec.Struct, frozen=True):
    """The table of classes and periods in force from `since` (ISO day) on, with its reference. `ended` maps outcomes
    other than a grant to a period that applies instead of the matter's."""

    since: str
    basis: str
    periods: dict[str, Period]
    classes: dict[str, ArchiveClass]
    ended: dict[str, str] = {}


class ExternalCheck(msgspec.Struct, frozen=True):
    """A check that only people or other systems can make; until they record it, it stays 待外部复核."""

    id: str
    kind: str
    title: str
    how: str


class Plan(msgspec.Struct, frozen=True):
    """How the installation archives (rules/archive.yaml).

    `number` is the template of 档号; `organs` maps districts to the code of their 机构. `waits` maps a case's outcome
    to the days between its end and archiving. `every_days` and `sample` (percent) rule the checks of long-term
    preservation. `formats` are the file types fit for it.
    """

    fonds: str
    fonds_name: str
    category: str
    number: str
    secrecy: str
    organs: dict[str, str]
    organ: str
    schedules: tuple[Schedule, ...]
    waits: dict[str, int]
    wait: int
    every_days: int
    sample: int
    formats: tuple[str, ...]
    external: tuple[ExternalCheck, ...]
    confirm: tuple[str, ...] = ()

    def on(self, day: str) -> Schedule:
        """The table in force on an ISO day: the newest not later than it, else the oldest."""
        return next((one for one in reversed(self.schedules) if one.since <= day), self.schedules[0])


class Piece(msgspec.Struct, frozen=True, omit_defaults=True):
    """One file as it comes to the archive, before it has its place: `title` of the document, `source` the name it was
    handed in under, `day` ISO, `maker` who is responsible for it (责任者), `pages` 0 for data files."""

    folder: str
    title: str
    extension: str
    data: bytes
    day: str
    maker: str
    pages: int = 0
    source: str = ""


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the catalogue of archived materials (归档材料目录). `path` within the package; `digest` SM3, hex."""

    place: int
    folder: str
    title: str
    path: str
    extension: str
    size: int
    digest: str
    day: str
    maker: str
    pages: int = 0
    source: str = ""


class Deed(msgspec.Struct, frozen=True):
    """One business action of the case: what, when, by whom, in which words."""

    at: str
    what: str
    by: str
    role: str
    words: str = ""


class Heading(msgspec.Struct, frozen=True):
    """What an archived file is filed under. `expires` is the ISO day its retention ends, "" for permanent."""

    code: str
    fonds: str
    category: str
    year: str
    period: Period
    klass: ArchiveClass
    organ: str
    item: int
    expires: str
    basis: str


class Description(msgspec.Struct, frozen=True):
    """Everything that is said about an archived case: metadata by class (实体 机构人员 业务 关系), the catalogue,
    and the materials that should be there and are not."""

    heading: Heading
    entity: dict[str, str]
    agents: tuple[dict[str, str], ...]
    deeds: tuple[Deed, ...]
    relations: tuple[tuple[str, str], ...]
    catalogue: tuple[Entry, ...]
    missing: tuple[str, ...]


class CheckItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One item of the four checks: `kind` of KINDS, `result` 通过 | 未通过 | 不适用 | 待外部复核; `found` says more."""

    id: str
    kind: str
    title: str
    result: str
    found: str = ""


def verdict(items: tuple[CheckItem, ...]) -> str:
    """What the items come to: 未通过 where one failed, else 待外部复核 where one waits, else 通过."""
    results = {one.result for one in items}
    if FAILED in results:
        return FAILED
    return EXTERNAL if EXTERNAL in results else PASSED
