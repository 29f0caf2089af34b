"""The description as the files of a package: metadata, catalogue and process in XML, and a text that explains all."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree

from engine.model.archive import FOLDERS, Description

METADATA, CATALOGUE, COURSE, ABOUT = "元数据.xml", "归档材料目录.xml", "过程信息.xml", "说明文件.txt"
DESCRIBING = (METADATA, CATALOGUE, COURSE, ABOUT)


def described(told: Description) -> dict[str, bytes]:
    """The describing files by name."""
    return {
        METADATA: metadata(told), CATALOGUE: catalogue(told), COURSE: course(told), ABOUT: about(told).encode("utf-8"),
    }  # fmt: skip


def metadata(told: Description) -> bytes:
    """`元数据.xml`: 实体 (with every file), 机构人员, 业务, 关系 (after DA/T 46-2009 and GB/T 42727-2023)."""
    top = ElementTree.Element("电子文件归档元数据", {"依据": "GB/T 42727-2023"})
    entity = ElementTree.SubElement(top, "实体")
    for name, value in told.entity.items():
        ElementTree.SubElement(entity, name).text = _clean(value)
    files = ElementTree.SubElement(entity, "文件集")
    for one in told.catalogue:
        node = ElementTree.SubElement(files, "文件", {"序号": str(one.place)})
        values = {
            "题名": one.title, "责任者": one.maker, "日期": one.day, "计算机文件名": one.path, "原文件名": one.source,
            "格式": one.extension, "字节数": str(one.size), "页数": str(one.pages), "摘要算法": "SM3",
            "摘要值": one.digest,
        }  # fmt: skip
        for name, value in values.items():
            ElementTree.SubElement(node, name).text = _clean(value)
    agents = ElementTree.SubElement(top, "机构人员")
    for agent in told.agents:
        _with(agents, "机构或人员", agent)
    business = ElementTree.SubElement(top, "业务")
    for deed in told.deeds:
        values = {"业务行为": deed.what, "时间": deed.at, "办理者": deed.by, "角色": deed.role, "说明": deed.words}
        _with(business, "行为", values)
    relations = ElementTree.SubElement(top, "关系")
    for kind, to in told.relations:
        _with(relations, "关联", {"类型": kind, "对象": to})
    return _written(top)


def catalogue(told: Description) -> bytes:
    """`归档材料目录.xml`: every archived file in order, and what is missing."""
    top = ElementTree.Element("归档材料目录", {"档号": told.heading.code, "文件数": str(len(told.catalogue))})
    for folder in FOLDERS:
        part = ElementTree.SubElement(top, "类", {"名称": folder})
        for one in told.catalogue:
            if one.folder == folder:
                attributes = {"序号": str(one.place), "题名": _clean(one.title), "路径": one.path}
                ElementTree.SubElement(part, "材料", attributes)
    for title in told.missing:
        ElementTree.SubElement(top, "缺少", {"题名": _clean(title)})
    return _written(top)


def course(told: Description) -> bytes:
    """`过程信息.xml`: everything that was done, in order."""
    top = ElementTree.Element("过程信息", {"办件编号": told.entity["办件编号"]})
    for place, deed in enumerate(told.deeds, 1):
        node = ElementTree.SubElement(top, "过程", {"序号": str(place), "时间": deed.at, "行为": _clean(deed.what)})
        node.set("办理者", _clean(deed.by))
        node.set("角色", _clean(deed.role))
        node.text = _clean(deed.words)
    return _written(top)


def about(told: Description) -> str:
    """`说明文件.txt`: what the package is and how to check it, for someone with nothing but the package."""
    entity, parts = told.entity, []
    for folder in FOLDERS:
        count = sum(one.folder == folder for one in told.catalogue)
        parts.append(f"  {folder}/  {count} 个文件")
    lines = (
        "归档信息包", "", f"档号：{entity['档号']}", f"题名：{entity['题名']}", f"办件编号：{entity['办件编号']}",
        f"归档日期：{entity['归档日期']}    归档版本：{entity['归档版本']}", "", "内容：", *parts,
        "  元数据.xml  实体、机构人员、业务、关系四类元数据", "  归档材料目录.xml  全部归档文件的目录",
        "  过程信息.xml  办理过程的全部记录", "  校验清单.xml  除本清单和签名以外全部文件的 SM3 摘要",
        "  签名.json  对校验清单的 SM2 签名", "",
        "核验：先用归档单位公布的公钥核对 签名.json 与 校验清单.xml，再逐个核对文件摘要；",
        "存证/ 内的办件存证包、裁决回执可以各自离线核验。", "",
    )  # fmt: skip
    return "\n".join(_clean(line) for line in lines)


def _with(parent: ElementTree.Element, name: str, values: Mapping[str, str]) -> None:
    node = ElementTree.SubElement(parent, name)
    for key, value in values.items():
        ElementTree.SubElement(node, key).text = _clean(value)


def _written(top: ElementTree.Element) -> bytes:
    ElementTree.indent(top)
    return bytes(ElementTree.tostring(top, "utf-8", xml_declaration=True)) + b"\n"


def _clean(text: str) -> str:
    """Without what XML 1.0 has no place for."""
    return "".join(
        sign for sign in text
        if sign in "\t\n" or "\x20" <= sign <= "\ud7ff" or "\ue000" <= sign <= "\ufffd" or sign >= "\U00010000"
    )  # fmt: skip
