"""A case as it is kept after filing, and receipts of it, for the tests of receipts and their replay."""

from __future__ import annotations

import secrets
from typing import Any

import msgspec

from engine.matters.encoding import encode, fingerprint
from engine.model.case import Case
from engine.model.matter import Check, Matter, Parameter, ParameterEntry
from engine.model.types import Type
from engine.pipeline.advance import advance
from engine.pipeline.receipt import STAFF, Judgement, content_of
from engine.pipeline.replaying import Replay, matter_of, replay
from engine.trust.keys import KeyRing, new_ring
from engine.trust.receipt import read_receipt, sign_receipt
from tests.unit.pipeline import sample

RING: KeyRing = new_ring(secrets.token_bytes)
TRUSTED = RING.trusted("decision")
SECRET = b"s" * 32


def hashed(**changes: Any) -> Matter:
    """The sample matter, with a parameter and a check of the phone, under its own fingerprint."""
    least = Parameter("least", "起点面积", Type("number"), (ParameterEntry("2020-01-01", 50, "《示例条例》第六条"),))
    large = Check(
        "large", sample.rule("经营面积 ≥ 参数.起点面积", {">=": [{"var": "area"}, {"var": "param.least"}]},
                             "area", "param.least"), "面积不足。", "转人工", title="面积",
    )  # fmt: skip
    called = Check(
        "called", sample.rule("联系电话 不为空", {"!": [{"empty": [{"var": "phone"}]}]}, "phone"), "没有电话。",
        "转人工", title="联系电话",
    )  # fmt: skip
    base = sample.matter(parameters=(least,))
    matter = msgspec.structs.replace(base, precheck=(*base.precheck, large, called), **changes)
    return msgspec.structs.replace(matter, hash=fingerprint(matter))


def filed(matter: Matter, facts: dict[str, Any] | None = None, **answers: Any) -> Case:
    """The case of the sample application."""
    command = sample.filing(**answers)
    return advance(matter, None, command, facts or sample.licence_fact(), sample.context()).case


def judgement(matter: Matter, case: Case) -> Judgement:
    return Judgement(case, matter, None, sample.OFFICE, sample.CALENDAR, "test")


def receipt(matter: Matter, case: Case, form: str = STAFF, ring: KeyRing = RING) -> bytes:
    """The signed receipt of a case."""
    return sign_receipt(content_of(judgement(matter, case), SECRET, form), ring.signer("decision"))


def replayed(data: bytes, matter: Matter) -> Replay:
    """A receipt read, verified and replayed with a matter."""
    content = read_receipt(data, TRUSTED)
    form = encode(msgspec.structs.replace(matter, hash=""))
    return replay(content, matter_of(form, content["body"]["matter"]["hash"]))
