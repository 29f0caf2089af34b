"""Confirmations of a second party: bound to what it was shown, read by rules, demanded at filing."""

from __future__ import annotations

import msgspec
import pytest

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.commands import Submit
from engine.model.confirming import CONFIRMED, DECLINED, Confirmation, Countersign
from engine.model.form import Field
from engine.model.matter import Matter, Row
from engine.model.rule import ALWAYS, Rule
from engine.model.values import Missing
from engine.pipeline.advance import advance
from engine.pipeline.assess import names_of
from engine.pipeline.confirming import digest_of, party_of
from engine.pipeline.context import Application
from tests.unit.pipeline import sample

PARTY = "91310101MA1FP0009X"
SIGN = Countersign("owner", "产权人同意", "owner_code", ("owner_code", "site"), "同意在此经营。")
AGREED = sample.rule("确认.产权人同意 = 是", {"==": [{"var": "confirm.owner"}, True]}, "confirm.owner")
NEVER = Rule("从不", False)


def matter(required: Rule = ALWAYS) -> Matter:
    base = sample.matter()
    group = base.groups[0]
    code = Field("owner_code", "产权人代码", "文本", sample.TEXT, required=False)
    return msgspec.structs.replace(
        base,
        groups=(msgspec.structs.replace(group, fields=(*group.fields, code)),),
        countersign=(msgspec.structs.replace(SIGN, required=required),),
        decide=(Row("instant", AGREED, "秒批", "产权人同意。"), Row("otherwise", ALWAYS, "转人工", "没有同意。")),
    )


def said(state: str = CONFIRMED, site: str = "中山东一路1号", party: str = PARTY) -> dict[str, Confirmation]:
    digest = digest_of(SIGN, party, {"owner_code": PARTY, "site": site})
    return {"owner": Confirmation(state, party, digest, "2026-02-10T09:00:00+08:00")}


def filed(required: Rule = ALWAYS, confirmations: dict[str, Confirmation] | None = None) -> Case:
    command: Submit = sample.filing(owner_code=PARTY)
    command = msgspec.structs.replace(command, confirmations=confirmations or {})
    return advance(matter(required), None, command, sample.licence_fact(), sample.context()).case


def value(confirmations: dict[str, Confirmation], *, complete: bool = True) -> object:
    application = Application(
        {**sample.ANSWERS, "owner_code": PARTY}, {}, sample.SUBJECT, confirmations=confirmations
    )
    names = names_of(matter(), application, sample.APPLICANT, sample.NOW.date(), {}, complete=complete)
    found = names["confirm"]
    assert isinstance(found, dict)
    return found["owner"]


def test_a_confirmation_is_yes_a_refusal_is_no_and_nothing_is_pending() -> None:
    assert (value(said()), value(said(DECLINED))) == (True, False)
    assert (value({}, complete=False), value({})) == (Missing.PENDING, Missing.EMPTY)


@pytest.mark.parametrize("other", [said(site="别处"), said(party="91310101MA1FP0008Y")])
def test_a_confirmation_of_other_answers_or_by_somebody_else_is_none(other: dict[str, Confirmation]) -> None:
    assert value(other) is Missing.EMPTY


def test_other_words_to_confirm_make_an_earlier_confirmation_void() -> None:
    other = msgspec.structs.replace(SIGN, text="同意，并承诺不转租。")
    assert digest_of(other, PARTY, {"site": "a"}) != digest_of(SIGN, PARTY, {"site": "a"})


def test_an_application_rests_on_a_confirmation_and_keeps_it() -> None:
    case = filed(confirmations=said())
    assert case.decision is not None and case.decision.automatic
    assert case.confirmations == said()


@pytest.mark.parametrize("confirmations", [{}, said(DECLINED), said(site="别处")])
def test_what_must_be_confirmed_is_not_filed_without_it(confirmations: dict[str, Confirmation]) -> None:
    with pytest.raises(ZhunyuError) as refusal:
        filed(confirmations=confirmations)
    assert (refusal.value.code, [one.file for one in refusal.value.problems]) == ("A004", ["c-owner"])


def test_what_need_not_be_confirmed_goes_to_a_person_without_it() -> None:
    case = filed(required=NEVER)
    assert case.assessment is not None and (case.assessment.outcome, case.decision) == ("转人工", None)


def test_the_party_may_come_from_a_fact() -> None:
    sign = msgspec.structs.replace(SIGN, by="licence.status")
    application = Application({}, {}, sample.SUBJECT, facts=sample.licence_fact(status="abc"))
    assert party_of(sign, application, {}) == "ABC"
