"""The description of an archived case: catalogue, metadata by class, and what should be there and is not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.model.archive import (
    ATTACHED,
    FOLDERS,
    FORM,
    PERMITS,
    PROCESS,
    Deed,
    Description,
    Entry,
    Heading,
    Piece,
    Plan,
)
from engine.model.case import Case
from engine.model.certificate import Certificate
from engine.model.matter import Matter
from engine.stages.archive.filing import outcome_of
from engine.trust.package import file_name
from engine.trust.sm3 import sm3_hex

# 元数据最小集（实体类）: what every archived case must say. The check 必填元数据 holds the package to it.
REQUIRED = (
    "档号", "全宗号", "全宗名称", "门类代码", "类别", "年度", "保管期限", "机构", "件号", "题名", "责任者", "形成日期",
    "密级", "页数", "文件数", "事项名称", "事项版本", "办件编号", "申请人", "办结类型", "归档日期", "归档版本",
)  # fmt: skip
FORM_TITLE, APPROVAL, MAKING, ISSUING = "申请表", "审批记录", "制证记录", "发证记录"
LEGAL_FORM = "（OFD 正本）"


def catalogue(pieces: Iterable[Piece]) -> tuple[Entry, ...]:
    """The pieces in the order of arrangement, each with its place and its path in the package."""
    ordered = sorted(pieces, key=lambda one: FOLDERS.index(one.folder))
    found = []
    for place, one in enumerate(ordered, 1):
        path = f"{one.folder}/{place:03d}-{file_name(one.title)}.{one.extension}"
        found.append(
            Entry(
                place=place, folder=one.folder, title=one.title, path=path, extension=one.extension,
                size=len(one.data), digest=sm3_hex(one.data), day=one.day[:10], maker=one.maker, pages=one.pages,
                source=one.source,
            )
        )  # fmt: skip
    return tuple(found)


def contents(pieces: Sequence[Piece], entries: Sequence[Entry]) -> dict[str, bytes]:
    """The files of the pieces by the path the catalogue gives them."""
    ordered = sorted(pieces, key=lambda one: FOLDERS.index(one.folder))
    return {entry.path: piece.data for entry, piece in zip(entries, ordered, strict=True)}


def missing(matter: Matter, case: Case, pieces: Iterable[Piece]) -> tuple[str, ...]:
    """The materials that the archive of this case should hold and does not (归档材料目录)."""
    have = {(one.folder, one.title) for one in pieces}
    lacking = [] if (FORM, FORM_TITLE) in have else [FORM_TITLE]
    titles = {title for folder, title in have if folder == PERMITS}
    if case.accepted_at and "受理通知书" not in titles:
        lacking.append("受理通知书")
    if case.decision is not None and not any(title.endswith("决定书") for title in titles):
        lacking.append("决定书")
    if case.supplement is not None and "补正告知书" not in titles:
        lacking.append("补正告知书")
    lacking += [title for title in (APPROVAL,) if (PROCESS, title) not in have]
    if case.certificates:
        lacking += [title for title in (MAKING, ISSUING) if (PROCESS, title) not in have]
    demanded = case.assessment.demanded if case.assessment else ()
    waived = case.assessment.waived if case.assessment else {}
    for need in matter.materials:
        if need.id in demanded and need.id not in waived and not case.uploads.get(need.id):
            lacking.append(need.title)
    expected = sum(len(files) for files in case.uploads.values())
    found = sum(1 for folder, _ in ((one.folder, one.title) for one in pieces) if folder == ATTACHED)
    if found < expected:
        lacking.append(f"{expected - found} 个申请材料文件")
    return tuple(dict.fromkeys(lacking))


def describe(
    plan: Plan, matter: Matter, case: Case, certificates: Sequence[Certificate], deeds: Sequence[Deed],
    pieces: Sequence[Piece], head: Heading, version: int, day: str,
) -> Description:  # fmt: skip
    """The whole description of one archive version made on an ISO day."""
    entries = catalogue(pieces)
    subject, outcome = case.subjects[0], outcome_of(case)
    entity = {
        "档号": head.code, "全宗号": head.fonds, "全宗名称": plan.fonds_name, "门类代码": head.category,
        "类别": head.klass.word, "类别代码": head.klass.code, "年度": head.year, "保管期限": head.period.word,
        "保管期限代码": head.period.code, "保管期限止": head.expires or "永久", "保管依据": head.basis,
        "机构": head.organ, "件号": str(head.item), "题名": f"{subject.name}{case.matter_title}（{outcome}）",
        "责任者": case.authority_name, "形成日期": case.closed_at[:10], "密级": plan.secrecy,
        "页数": str(sum(one.pages for one in entries)), "文件数": str(len(entries)),
        "总字节数": str(sum(one.size for one in entries)), "事项名称": matter.title, "事项标识": matter.id,
        "事项版本": case.matter_hash, "事项基本编码": matter.code, "业务类型": matter.business, "办件编号": case.number,
        "申请人": subject.name, "申请人类型": subject.kind, "申请人代码": subject.code, "申请方式": case.origin,
        "申请日期": case.received_at[:10], "受理日期": case.accepted_at[:10], "办结日期": case.closed_at[:10],
        "办结类型": outcome, "办理区": case.district,
        "结果证照名称": "；".join(one.title for one in certificates),
        "结果证照编号": "；".join(one.number for one in certificates),
        "归档日期": day, "归档版本": str(version), "办件版本": str(case.version),
    }  # fmt: skip
    return Description(
        heading=head, entity=entity, agents=_agents(case, deeds), deeds=tuple(deeds),
        relations=_relations(case, certificates), catalogue=entries, missing=missing(matter, case, pieces),
    )  # fmt: skip


def _agents(case: Case, deeds: Sequence[Deed]) -> tuple[dict[str, str], ...]:
    """机构人员类: the office, the applicant, and everyone who did something, each once with all roles."""
    roles: dict[str, dict[str, None]] = {}
    for deed in deeds:
        if deed.role in ("工作人员", "系统"):
            roles.setdefault(deed.by, {})[deed.what] = None
    subject = case.subjects[0]
    office = {"类型": "机构", "名称": case.authority_name, "代码": case.authority, "职责": "办理机关"}
    applicant = {"类型": subject.kind, "名称": subject.name, "代码": subject.code, "职责": "申请人"}
    people = ({"类型": "人员", "名称": name, "代码": "", "职责": "、".join(done)} for name, done in roles.items())
    return (office, applicant, *people)


def _relations(case: Case, certificates: Sequence[Certificate]) -> tuple[tuple[str, str], ...]:
    found = [("结果证照", f"{one.title} {one.number}") for one in certificates]
    if case.acts_on:
        found.append(("所办理的原证", case.acts_on))
    if case.parent:
        found.append(("上级办件", case.parent))
    return tuple(found + [("下级办件", one) for one in case.items])
