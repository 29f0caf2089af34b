"""送达回证: what was served on whom, and who took it or refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.events import Happened
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.model.moves import RecordService
from engine.model.moving import LEFT, PERSONAL, WAYS, Served, Service
from engine.model.people import Actor
from engine.pipeline.context import Context, Step
from engine.pipeline.correcting import letters_of
from engine.pipeline.handing import LONGEST
from engine.pipeline.move_rules import SERVES, at_of, require, why_no_permission


def servable(matter: Matter, case: Case, certificates: Mapping[str, tuple[str, str]]) -> tuple[Served, ...]:
    """What there is to serve: the letters of the case, and its certificates (id → title, number)."""
    letters = [Served(f"letter:{kind}", title) for kind, title in letters_of(matter, case)]
    made = [Served(f"certificate:{id}", f"《{title}》", number) for id, (title, number) in certificates.items()]
    return (*letters, *made)


def why_not_serve(matter: Matter, case: Case, actor: Actor) -> str:
    """Why the actor has nothing to put on record."""
    return why_no_permission(SERVES, case, actor)


def record_service(
    matter: Matter, case: Case, command: RecordService, facts: Mapping[str, Fact], context: Context
) -> Step:
    """Put the service of letters and certificates on record; a refusal needs its witness and is service by leaving."""
    require(why_not_serve(matter, case, context.actor), 403)
    held = {id: (one.title, one.number) for id, one in context.certificates.items()}
    known = {one.key for one in servable(matter, case, held)}
    if not command.items or any(one.key not in known for one in command.items):
        raise ZhunyuError("C004", "没有选择送达的文书、证照。", "请勾选本办件已有的文书或证照。", status=422)
    for why in _faults(case, command, context):
        raise ZhunyuError("C004", why, status=422)
    made = Service(
        id=f"service-{1 + len(case.moves.services)}", items=command.items, to=command.to.strip(), how=command.how,
        day=command.day, place=command.place.strip(), recorded=context.actor, recorded_at=at_of(context),
        taker=command.taker.strip(), refused=command.refused.strip(), witness=command.witness.strip(),
        note=command.note.strip(),
    )  # fmt: skip
    moves = msgspec.structs.replace(case.moves, services=(*case.moves.services, made))
    titles = "、".join(f"{one.title}{'（' + one.number + '）' if one.number else ''}" for one in made.items)
    words = f"已以{made.how}的方式送达{titles}。"
    told = Happened("送达", words, "拒绝签收，见证人已签名。" if made.refused else "")
    return Step(msgspec.structs.replace(case, moves=moves), (told,))


def _faults(case: Case, command: RecordService, context: Context) -> list[str]:
    """What is wrong with a record of service."""
    found = []
    texts = (command.to, command.place, command.taker, command.refused, command.witness, command.note)
    if any(len(one) > LONGEST for one in texts):
        found.append(f"内容过长，请控制在 {LONGEST} 字以内。")
    if command.how not in WAYS:
        found.append(f"没有选择送达方式：{'、'.join(WAYS)}。")
    try:
        late = date.fromisoformat(command.day) > context.now.date()
    except ValueError:
        return [*found, "送达日期不对，请写成 2026-12-31。"]
    if late or command.day < case.received_at[:10]:
        found.append("送达日期在今天之后，或者早于收件的日期，请核对。")
    if not command.to.strip() or not command.place.strip():
        found.append("请写明受送达人和送达地点。")
    refused = bool(command.refused.strip())
    if command.how == LEFT and not (refused and command.witness.strip()):
        found.append("留置送达的，请写明拒收的理由和见证人。")
    if refused and command.how != LEFT:
        found.append("受送达人拒绝签收的，送达方式应为留置送达。")
    if command.how == PERSONAL and not command.taker.strip():
        found.append("直接送达的，请写明签收人。")
    return found
