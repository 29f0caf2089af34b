"""Linking the certificate a granted case yields, and the certificate a matter acts on."""

from __future__ import annotations

import msgspec

from engine.matters import link_annexes, link_validity, placeholders, tree
from engine.matters.linking import Linking
from engine.matters.reference import CertificateType
from engine.matters.yaml_reader import Map
from engine.model.certificate import DUPLICATE
from engine.model.matter import ActsOn, AlsoLines, CertificateDef, Numbering
from engine.model.rule import Rule

FILLED = ("编号", "发证机关", "发证日期", "有效期限")  # by the engine, when the certificate is made
_NOTHING = Rule("空", "")


def filled(kind: CertificateType) -> tuple[str, ...]:
    """The face lines of a type that the engine fills, by the words of its face."""
    return tuple(kind.labels.get(title, title) for title in FILLED)


def acts_on(linking: Linking) -> ActsOn | None:
    """The existing certificate the matter acts on."""
    node: Map | None = linking.node.get("acts_on")
    if node is None:
        return None
    kind = kind_of(linking, node)
    made = ActsOn(
        type=tree.text(node, "type"),
        status=tree.text(node, "status", "有效"),
        holder=tree.text(node, "holder", "申请单位"),
        lock=tree.truth(node, "lock", True),
        items={id: part.type for id, part in kind.item.items()} if kind else {},
    )
    if not made.lock:
        linking.add(
            "M165",
            tree.place(node, "lock"),
            "办理期间不锁定原证，同一张证可能同时被两件办理。",
            "请写 lock: true，或不写。",
        )
    return made


def kind_of(linking: Linking, node: Map) -> CertificateType | None:
    """The certificate type a section names; M160 where there is none."""
    name = tree.text(node, "type")
    kind = linking.reference.certificates.get(name)
    if kind is None:
        advice = tree.near(name, linking.reference.certificates) or "请检查 rules/certificates。"
        linking.add("M160", tree.place(node, "type"), f"没有证照类型 {name}。", advice)
    return kind


def certificates(linking: Linking) -> tuple[CertificateDef, ...]:
    """The certificates a granted case yields."""
    nodes = [linking.node["certificate"]] if "certificate" in linking.node else []
    nodes += linking.node.get("certificates") or []
    found = [(node, kind_of(linking, node)) for node in nodes]
    made = [(node, _certificate(linking, node, kind)) for node, kind in found if kind is not None]
    return _paired(linking, made)


def _paired(linking: Linking, made: list[tuple[Map, CertificateDef]]) -> tuple[CertificateDef, ...]:
    """正本 and 副本 of one licence as one certificate with a duplicate."""
    whole = {one.type: one for _, one in made if one.part != DUPLICATE}
    for node, one in made:
        if one.part != DUPLICATE:
            continue
        main = whole.get(one.type)
        if main is None or main.action != one.action:
            what = f"{one.title}的副本没有同一动作的正本。"
            linking.add("M198", tree.place(node, "part"), what, "请在 certificates 里写上 part: 正本 的那一张。")
            continue
        whole[one.type] = msgspec.structs.replace(
            main, duplicate=True, duplicate_annexes=one.annexes, note=one.note or main.note
        )
    return tuple(whole[one.type] for _, one in made if one.part != DUPLICATE)


def _certificate(linking: Linking, node: Map, kind: CertificateType) -> CertificateDef:
    action = tree.text(node, "action")
    on: Map | None = linking.node.get("acts_on")
    if action != "新发" and on is None:
        linking.add("M166", tree.place(node, "action"), f"{action}须写明办理哪张已有证照。", "请补上 acts_on:。")
    elif on is not None and action != "新发" and on.get("type") != kind.id:
        linking.add(
            "M166", tree.place(node, "type"), f"acts_on 是 {on.get('type')}，这里却是 {kind.id}。", "请写成同一类证照。"
        )
    known = on is not None or tree.text(node, "part") == DUPLICATE  # a 副本 says what the 正本 says
    terms = link_validity.terms(linking, node, known)
    item = _item(linking, _main(linking, node), kind, known)
    return CertificateDef(
        type=kind.id,
        title=tree.text(node, "title", kind.title),
        action=action,
        valid=terms[-1],
        valid_when=terms[:-1],
        number=_number(linking, node, known),
        face=kind.face,
        lines=_lines(linking, node, kind, known),
        item=item,
        media=tree.texts(node, "media") or ("电子",),
        layout=kind.layout,
        seal=tree.text(node, "seal", tree.text(linking.node.get("documents") or node, "seal", "行政审批专用章")),
        part=tree.text(node, "part", "正本"),
        photo=_photo(linking, node),
        labels=kind.labels,
        named=kind.named,
        annexes=link_annexes.annexes(linking, node, kind, item),
        note=_note(linking, node, action),
        kept_columns=link_annexes.kept_columns(kind),
        also=tuple(_also(linking, one, kind) for one in node.get("also") or ()),
        overprint=kind.overprint,
    )


def _also(linking: Linking, node: Map, kind: CertificateType) -> AlsoLines:
    """Lines and items under a condition: those given, and no others."""
    lines, item = (node.get(key) or Map(node.mark) for key in ("lines", "item"))
    made = {title: rule for title, rule in _lines(linking, node, kind, True).items() if title in lines}
    kept = {id: rule for id, rule in _item(linking, node, kind, True).items() if id in item}
    return AlsoLines(linking.rule(node, "when"), made, kept)


def _photo(linking: Linking, node: Map) -> str:
    """The material that is the holder's picture: one image, and sensitive."""
    name = tree.text(node, "photo")
    if not name:
        return ""
    mark = tree.place(node, "photo")
    materials = {tree.text(one, "id"): one for one in linking.node.get("materials") or ()}
    found = materials.get(name)
    if found is None:
        linking.add("M169", mark, f"没有材料 {name}。", tree.near(name, materials) or "请在 materials 里声明照片。")
        return name
    image = set(tree.texts(found, "accept")) and set(tree.texts(found, "accept")) <= {"jpg", "png"}
    if not image or found.get("max_files") != 1 or not tree.truth(found, "sensitive"):
        linking.add(
            "M169", mark, f"材料 {name} 不能用作照片。",
            "请写 accept: [jpg, png]、max_files: 1、sensitive: true。",
        )  # fmt: skip
    return name


def _main(linking: Linking, node: Map) -> Map:
    """The 正本 that a 副本 goes with; any other certificate itself."""
    if tree.text(node, "part") != DUPLICATE:
        return node
    others: list[Map] = linking.node.get("certificates") or []
    same = (one for one in others if tree.text(one, "part") != DUPLICATE and one.get("type") == node.get("type"))
    return next(same, node)


def _note(linking: Linking, node: Map, action: str) -> str:
    """The template of the note; an action that only adds one has to have it."""
    if action == "加注" and "note" not in node:
        linking.add("M198", tree.place(node, "action"), "加注没有写加注的话。", "请补上 note:。")
    elif "note" in node and linking.node.get("acts_on") is None:
        linking.add("M198", tree.place(node, "note"), "新发的证照没有要加注的内容。", "请删去 note:。")
    return linking.template(node, "note") if "note" in node else ""


def _number(linking: Linking, node: Map, existing: bool) -> Numbering:
    number = node.get("number")
    if not isinstance(number, Map):
        if not existing:
            linking.add(
                "M161",
                tree.place(node, "number"),
                "没有原证，须写明编号样式。",
                "请补上 number: {text: …, restart: […]}。",
            )
        return Numbering(kept=True)
    text, mark = tree.text(number, "text"), tree.place(number, "text")
    known = placeholders.NUMBER_NAMES
    for name in placeholders.names(text):
        if name not in known:
            linking.add(
                "M161",
                mark,
                f"编号里的“{{{name}}}”不认识。",
                tree.near(name, known) or f"可用的有：{'、'.join(known)}。",
            )
    if "序号" not in placeholders.names(text):
        linking.add("M161", mark, "编号里没有 {序号}，会重号。", "请写上 {序号:05d}。")
    if any(sign in placeholders.NUMBER_PART.sub("", text) for sign in "{}"):
        linking.add("M161", mark, "编号里的花括号不成对，或写法不对。", "请写成 {年}、{序号:05d}。")
    for name in tree.texts(number, "restart"):
        if name not in placeholders.RESTART_NAMES:
            advice = f"可用的有：{'、'.join(placeholders.RESTART_NAMES)}。"
            linking.add("M161", tree.place(number, "restart"), f"不能按“{name}”重新编号。", advice)
    return Numbering(text, tree.texts(number, "restart"))


def _lines(linking: Linking, node: Map, kind: CertificateType, existing: bool) -> dict[str, Rule]:
    given: Map = node.get("lines") or Map(node.mark)
    for title in given:
        mark = tree.key_place(given, title)
        if title in filled(kind):
            linking.add("M163", mark, f"照面的“{title}”由系统填写。", "请删去。")
        elif title not in kind.face:
            linking.add("M164", mark, f"{kind.title}的照面没有“{title}”。", tree.near(title, kind.face))
    made: dict[str, Rule] = {}
    for title in kind.face:
        if title in filled(kind):
            continue
        if title in given:
            made[title] = linking.rule(given, title, _NOTHING, expect="any")
        elif existing:
            path = f"original.face.{title}"
            made[title] = Rule(linking.scope.title_of(path), {"var": path}, (path,))
        else:
            linking.add("M162", given.mark, f"照面的“{title}”没有内容。", f"请在 lines 里写 {title}:。")
    return made


def _item(linking: Linking, node: Map, kind: CertificateType, existing: bool) -> dict[str, Rule]:
    given: Map = node.get("item") or Map(node.mark)
    for id in given:
        if id not in kind.item:
            mark = tree.key_place(given, id)
            linking.add("M164", mark, f"{kind.title}不登记 {id}。", tree.near(id, kind.item))
    fields = {tree.text(one, "id") for group in linking.node["form"] for one in group["fields"]}
    made: dict[str, Rule] = {}
    for id in kind.item:
        if id in given:
            made[id] = linking.rule(given, id, _NOTHING, expect="any")
        elif id in fields or existing:
            path = id if id in fields else f"original.{id}"
            made[id] = Rule(linking.scope.title_of(path), {"var": path}, (path,))
        else:
            what = f"登记内容 {id}（{kind.item[id].title}）没有来处。"
            linking.add("M162", given.mark, what, f"请在 item 里写 {id}:，或在表单里设同名字段。")
    return made
