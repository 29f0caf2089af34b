"""The four checks 四性检测 (DA/T 70-2018) over one package: what a machine can decide is computed from the bytes, what
needs people or other systems stays 待外部复核 until they record it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from xml.etree import ElementTree

import msgspec
from defusedxml import ElementTree as safe_xml
from defusedxml.common import DefusedXmlException

from engine.errors import ZhunyuError
from engine.model.archive import EXTERNAL, FAILED, KINDS, NOT_APPLICABLE, PASSED, CheckItem, Plan
from engine.stages.archive.describing import LEGAL_FORM, REQUIRED
from engine.stages.archive.writing import CATALOGUE, COURSE, DESCRIBING, METADATA
from engine.trust import bundle, package, receipt, sm2
from engine.trust.seal import check_pdf
from engine.trust.sm3 import sm3_hex

Trusted = Mapping[str, sm2.PublicKey]
CheckLegal = Callable[[bytes], tuple[str, str]]  # the number an OFD certificate bears, and why it is not valid
Open = Callable[[str, bytes], int]  # pages of a file of an extension; ValueError with the reason when it does not open
_AUTHENTIC, _WHOLE, _USABLE, _SAFE = KINDS
_SHOWN = 5


class Keys(msgspec.Struct, frozen=True):
    """The public keys of what a package holds: its own signature and the history (audit), certificates, receipts."""

    audit: Trusted
    certificate: Trusted
    decision: Trusted


class Expected(msgspec.Struct, frozen=True):
    """What the register of archives says of the package: its digest (SM3), number and files."""

    digest: str
    code: str
    files: int
    missing: tuple[str, ...]


def examine(
    data: bytes, expected: Expected, plan: Plan, keys: Keys, opens: Open, legal: CheckLegal
) -> tuple[CheckItem, ...]:
    """All items in order. A package that is not one fails the items that read it; nothing is skipped in silence."""
    items = [_digest(data, expected)]
    try:
        _, files = package.unpack(data)
        items.append(_item("包结构", _SAFE, "包内没有多余、重复、压缩或越界的条目", ""))
    except ZhunyuError as error:
        items.append(_item("包结构", _SAFE, "包内没有多余、重复、压缩或越界的条目", error.what))
        files = {}
    about = _Metadata(files.get(METADATA, b""))
    items += _authentic(files, about, keys, legal)
    items += _whole(files, about, expected)
    items += _usable(files, plan, opens)
    items += [CheckItem(one.id, one.kind, one.title, EXTERNAL, one.how) for one in plan.external]
    return tuple(sorted(items, key=lambda one: KINDS.index(one.kind)))


def _digest(data: bytes, expected: Expected) -> CheckItem:
    same = sm3_hex(data) == expected.digest
    return _item("固化信息", _AUTHENTIC, "包的 SM3 摘要与归档登记一致", "" if same else "摘要与登记不一致。")


def _authentic(
    files: Mapping[str, bytes], about: _Metadata, keys: Keys, legal: CheckLegal
) -> Iterator[CheckItem]:
    yield _item("来源", _AUTHENTIC, "包的签名可信", package.signature_fault(files, keys.audit))
    yield _item("摘要", _AUTHENTIC, "每个文件的摘要与校验清单一致", _some(tuple(package.digest_faults(files))))
    sealed = {path: data for path, data in files.items() if about.is_certificate(path)}
    if sealed:
        yield _item("证照签章", _AUTHENTIC, f"证照 {len(sealed)} 份签章有效且编号相符", _seals(sealed, about, keys))
    else:
        yield _not("证照签章", _AUTHENTIC, "证照签章有效", "本件没有证照文件")
    forms = {path: data for path, data in files.items() if about.is_legal_form(path)}
    if forms:
        fault = _legal_forms(forms, about, legal)
        yield _item("证照正本签章", _AUTHENTIC, f"OFD 证照 {len(forms)} 份的电子签章有效且编号相符", fault)
    yield _evidence(files, about, keys)
    yield _receipt(files, about, keys)
    yield _item("元数据准确", _AUTHENTIC, "元数据与归档文件一致", _some(tuple(about.disagreements(files))))


def _whole(files: Mapping[str, bytes], about: _Metadata, expected: Expected) -> Iterator[CheckItem]:
    count = sum("/" in path for path in files)
    fault = "" if count == expected.files == len(about.files) else (
        f"登记 {expected.files} 个，元数据 {len(about.files)} 个，包内 {count} 个。")  # fmt: skip
    yield _item("数量", _WHOLE, "文件数量与登记、元数据一致", fault)
    lacking = [name for name in REQUIRED if not about.entity.get(name)]
    yield _item("必填元数据", _WHOLE, "元数据最小集齐全", f"缺少{'、'.join(lacking)}。" if lacking else "")
    missing = "、".join(expected.missing)
    yield _item("材料齐全", _WHOLE, "应归档的材料齐全", f"缺少{missing}。" if missing else "")
    parts = [name for name in (*DESCRIBING, package.LISTED, package.SIGNED) if name not in files]
    yield _item(
        "包内组成", _WHOLE, "说明、元数据、目录、过程、清单、签名俱全", f"缺少{'、'.join(parts)}。" if parts else ""
    )
    other = "" if about.entity.get("档号") == expected.code else "元数据的档号与登记不一致。"
    yield _item("档号", _WHOLE, "元数据的档号与登记一致", other)


def _usable(files: Mapping[str, bytes], plan: Plan, opens: Open) -> Iterator[CheckItem]:
    kept = {path: data for path, data in files.items() if "/" in path}
    foreign = [path for path in kept if path.rpartition(".")[2] not in plan.formats]
    yield _item("格式", _USABLE, "格式适于长期保存", f"{_some(foreign)}不在归档格式之列。" if foreign else "")
    faults = []
    for path, data in kept.items():
        try:
            opens(path.rpartition(".")[2], data)
        except ValueError as error:
            faults.append(f"{path}：{error}")
    yield _item(
        "可打开", _USABLE, f"{len(kept)} 个文件的文件头与扩展名一致，能够打开", _some(faults) if kept else "没有文件。"
    )
    unread = [name for name in (METADATA, CATALOGUE, COURSE) if _tree(files.get(name, b"")) is None]
    yield _item(
        "元数据可读", _USABLE, "元数据、目录、过程信息可以解析", f"{'、'.join(unread)}读不出。" if unread else ""
    )


def _seals(sealed: Mapping[str, bytes], about: _Metadata, keys: Keys) -> str:
    numbers = about.entity.get("结果证照编号", "").split("；")
    for path, data in sealed.items():
        found = check_pdf(data, keys.certificate)
        if found.state != "valid" or found.seal is None:
            return f"{path}：{found.reason}"
        if found.seal.number not in numbers:
            return f"{path} 的编号 {found.seal.number} 不在元数据里。"
    return ""


def _legal_forms(forms: Mapping[str, bytes], about: _Metadata, legal: CheckLegal) -> str:
    numbers = about.entity.get("结果证照编号", "").split("；")
    for path, data in forms.items():
        number, fault = legal(data)
        if fault:
            return f"{path}：{fault}"
        if number not in numbers:
            return f"{path} 的编号 {number} 不在元数据里。"
    return ""


def _evidence(files: Mapping[str, bytes], about: _Metadata, keys: Keys) -> CheckItem:
    title = "办件历史的存证可信，未被改动"
    data = next((files[path] for path in sorted(files) if path.endswith("办件存证包.json")), None)
    if data is None:
        return _item("历史存证", _AUTHENTIC, title, "包内没有办件存证包。")
    try:
        found = bundle.read_bundle(data)
    except ZhunyuError as error:
        return _item("历史存证", _AUTHENTIC, title, error.what)
    faults = [one.text for one in bundle.faults_of(found, keys.audit)]
    if found.about.get("number") != about.entity.get("办件编号"):
        faults.append("存证包不属于这一办件。")
    return _item("历史存证", _AUTHENTIC, title, _some(faults))


def _receipt(files: Mapping[str, bytes], about: _Metadata, keys: Keys) -> CheckItem:
    title = "裁决回执的签名可信"
    data = next((files[path] for path in sorted(files) if path.endswith("裁决回执.json")), None)
    if data is None:
        return _not("裁决回执", _AUTHENTIC, title, "本件没有裁决回执")
    try:
        found = receipt.read_receipt(data, keys.decision)
    except ZhunyuError as error:
        return _item("裁决回执", _AUTHENTIC, title, error.what)
    body = found.get("body")
    own = isinstance(body, dict) and body.get("case") == about.entity.get("办件编号")
    return _item("裁决回执", _AUTHENTIC, title, "" if own else "裁决回执不属于这一办件。")


class _Metadata:
    """What `元数据.xml` says, as far as it can be read."""

    def __init__(self, data: bytes) -> None:
        top = _tree(data)
        entity = top.find("实体") if top is not None else None
        self.entity: dict[str, str] = {}
        self.files: dict[str, dict[str, str]] = {}
        for node in entity if entity is not None else ():
            if node.tag == "文件集":
                for file in node:
                    told = {part.tag: part.text or "" for part in file}
                    self.files[told.get("计算机文件名", "")] = told
            else:
                self.entity[node.tag] = node.text or ""

    def is_certificate(self, path: str) -> bool:
        """Whether a file of the package is a certificate that this case yielded."""
        titles = [one for one in self.entity.get("结果证照名称", "").split("；") if one]
        return path.endswith(".pdf") and self.files.get(path, {}).get("题名", "") in titles

    def is_legal_form(self, path: str) -> bool:
        """Whether a file of the package is the OFD of a certificate."""
        return path.endswith(".ofd") and self.files.get(path, {}).get("题名", "").endswith(LEGAL_FORM)

    def disagreements(self, files: Mapping[str, bytes]) -> Iterator[str]:
        """Where the metadata of files and the files differ."""
        if not self.entity:
            yield "元数据读不出。"
        for path, told in self.files.items():
            data = files.get(path)
            if data is None:
                yield f"元数据里的 {path} 不在包内。"
            elif told.get("字节数") != str(len(data)) or told.get("摘要值") != sm3_hex(data):
                yield f"{path} 与元数据的大小或摘要不符。"
        for path in files:
            if "/" in path and path not in self.files:
                yield f"{path} 没有元数据。"


def _tree(data: bytes) -> ElementTree.Element | None:
    try:
        top: ElementTree.Element = safe_xml.fromstring(data)
    except (ElementTree.ParseError, DefusedXmlException, ValueError):
        return None
    return top


def _item(id: str, kind: str, title: str, fault: str) -> CheckItem:
    return CheckItem(id, kind, title, FAILED if fault else PASSED, fault)


def _not(id: str, kind: str, title: str, why: str) -> CheckItem:
    return CheckItem(id, kind, title, NOT_APPLICABLE, why)


def _some(faults: list[str] | tuple[str, ...]) -> str:
    more = f"……共 {len(faults)} 处。" if len(faults) > _SHOWN else ""
    return "".join(faults[:_SHOWN]) + more
