"""What the clerk records of an application filed at the counter (窗口): who came, and what was handed in on paper."""

from __future__ import annotations

import msgspec

ORIGINAL, COPY_SEEN, COPY = "原件", "复印件，已核对原件", "复印件"
SEEN = (ORIGINAL, COPY_SEEN, COPY)
OWN, LEGAL, AGENT = "本人", "法定代表人", "授权"
RIGHTS = (OWN, LEGAL, AGENT)


class Agent(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who stands at the counter (经办人). `right`: 本人 | 法定代表人 | 授权; `letter` says by which letter.

    `read` says that name and number were read from the document, not typed.
    """

    name: str
    id_no: str
    right: str = OWN
    phone: str = ""
    letter: str = ""
    read: bool = False


class PaperMaterial(msgspec.Struct, frozen=True, omit_defaults=True):
    """A material handed in on paper. `seen`: 原件 | 复印件，已核对原件 | 复印件; `kept`: it stays with the office."""

    material: str
    seen: str
    pages: int = 1
    kept: bool = True


class Counter(msgspec.Struct, frozen=True, omit_defaults=True):
    """The record of a filing at the counter.

    `declared` is the name signed under the declaration on paper, `declared_at` when the clerk saw it (ISO 8601).
    """

    agent: Agent
    papers: tuple[PaperMaterial, ...] = ()
    declared: str = ""
    declared_at: str = ""
