"""Who acts, and for whom."""

from __future__ import annotations

import msgspec


class Subject(msgspec.Struct, frozen=True):
    """The person or organisation an application is about.

    `code` is the 统一社会信用代码 (organisation) or 身份证号 (person); `kind` 法人 | 自然人.
    """

    kind: str
    code: str
    name: str


class Actor(msgspec.Struct, frozen=True):
    """Who sends a command: an applicant, a member of staff, the system or another system.

    `kind`: applicant | staff | system | peer. `level` is the verified identity level of the account
    (0 none, 1 password, 2 real name, 3 real person); `authority` says why the applicant may act for the
    subject: "本人", "法定代表人", "授权" or "" for none; of staff, in whose place they act ("受张示例委托"), "" for
    their own post. `roles` and `district` are set for staff.
    """

    kind: str
    id: str
    name: str
    level: int = 0
    authority: str = ""
    roles: tuple[str, ...] = ()
    district: str = ""


SYSTEM = Actor(kind="system", id="system", name="系统")


def called(actor: Actor) -> str:
    """The actor by name; of staff who act in another's place, by whose authority."""
    in_place = actor.kind == "staff" and actor.authority
    return f"{actor.name}（{actor.authority}）" if in_place else actor.name
