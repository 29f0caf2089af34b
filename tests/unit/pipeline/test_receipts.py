"""A receipt replays to the same decision, leaks nothing, and is refused when anything in it was touched."""

from __future__ import annotations

import base64
import random
import secrets
import zlib
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ZhunyuError
from engine.matters.encoding import encode, fingerprint
from engine.model.matter import Check, Row, Watch
from engine.model.people import Subject
from engine.model.rule import ALWAYS
from engine.model.values import Missing, Unavailable
from engine.pipeline.advance import advance
from engine.pipeline.receipt import APPLICANT, STAFF, content_of, unpacked
from engine.pipeline.replaying import matter_of, replay
from engine.pipeline.typed_json import from_json, to_json
from engine.trust.canonical import canonical
from engine.trust.keys import new_ring
from engine.trust.receipt import read_receipt, sign_receipt
from tests.unit.pipeline import sample
from tests.unit.pipeline.judged import (
    RING,
    SECRET,
    TRUSTED,
    filed,
    hashed,
    judgement,
    receipt,
    replayed,
)

PHONE = "13800000000"


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        (sample.licence_fact(), "秒批"),
        (sample.licence_fact(status="吊销"), "转人工"),
        (sample.licence_fact(address="别处"), "转人工"),
        (sample.unavailable(), "转人工"),
    ],
)
def test_a_receipt_replays_to_the_same_decision(facts: dict[str, Any], outcome: str) -> None:
    matter = hashed(materials=())
    found = replayed(receipt(matter, filed(matter, facts)), matter)
    assert (found.identical, found.whole, found.outcome, found.skipped) == (True, True, outcome, ())
    assert found.judged == found.compiled >= 4 and found.opinions >= 2


def test_the_matter_rides_along_and_is_the_version_that_decided() -> None:
    matter = hashed()
    content = read_receipt(receipt(matter, filed(matter)), TRUSTED)
    assert matter_of(unpacked(content["matter"]), matter.hash) == matter


def test_the_parameters_stand_with_their_day_and_basis() -> None:
    matter = hashed()
    [parameter] = read_receipt(receipt(matter, filed(matter)), TRUSTED)["body"]["parameters"]
    assert parameter == {
        "id": "least", "title": "起点面积", "on": "2026-02-10", "since": "2020-01-01", "value": 50,
        "basis": "《示例条例》第六条",
    }  # fmt: skip


def test_an_applicants_receipt_shows_no_sensitive_value() -> None:
    matter = hashed()
    data = receipt(matter, filed(matter), APPLICANT)
    assert PHONE.encode() not in data and PHONE.encode() in receipt(matter, filed(matter), STAFF)


def test_an_applicants_receipt_replays_but_for_what_is_not_shown() -> None:
    matter = hashed()
    found = replayed(receipt(matter, filed(matter), APPLICANT), matter)
    assert (found.identical, found.whole, found.withheld, found.skipped) == (True, False, ("phone",), ("called",))


def test_a_natural_persons_identity_is_not_shown_to_who_finds_the_receipt() -> None:
    own = sample.rule("申请人.代码 不为空", {"!": [{"empty": [{"var": "applicant.code"}]}]}, "applicant.code")
    matter = hashed(decide=(Row("instant", own, "秒批", "可以。"), Row("otherwise", ALWAYS, "转人工")))
    person = Subject("自然人", "310101197102111016", "陈示安")
    command = msgspec.structs.replace(sample.filing(), subject=person)
    case = advance(matter, None, command, sample.licence_fact(), sample.context()).case
    body = read_receipt(receipt(matter, case, APPLICANT), TRUSTED)["body"]
    assert body["inputs"]["applicant.code"].keys() == {"sealed"} and "陈示安" not in str(body)
    assert replayed(receipt(matter, case, STAFF), matter).identical


def test_both_forms_say_the_same_of_the_decision() -> None:
    matter = hashed()
    case = filed(matter)
    forms = [read_receipt(receipt(matter, case, form), TRUSTED)["body"] for form in (STAFF, APPLICANT)]
    assert forms[0] == forms[1]


def test_the_anomaly_watch_stands_in_an_applicants_receipt_neither_by_name_nor_by_limit() -> None:
    watch = Check(
        "burst", sample.rule("风险.burst ≤ 7", {"<=": [{"var": "risk.burst"}, 7]}, "risk.burst"), "同址申请异常。",
        "转人工", title="同址申请",
    )  # fmt: skip
    base = hashed()
    made = msgspec.structs.replace(base, precheck=(*base.precheck, watch), watch=(Watch("burst", {"limit": 7}, True),))
    matter = msgspec.structs.replace(made, hash=fingerprint(made))
    data = receipt(matter, filed(matter), APPLICANT).decode()
    assert "burst" not in data and "同址申请" not in data and "异常" not in data
    assert replayed(receipt(matter, filed(matter), APPLICANT), matter).identical
    assert replayed(receipt(matter, filed(matter), STAFF), matter).identical


def flips(data: bytes, count: int) -> Iterator[bytes]:
    chance = random.Random(7)
    ends = (*range(60), *range(len(data) - 60, len(data)))
    for place in (*ends, *(chance.randrange(len(data)) for _ in range(count))):
        yield data[:place] + bytes([data[place] ^ (1 << chance.randrange(8))]) + data[place + 1 :]


@pytest.mark.parametrize("form", [STAFF, APPLICANT])
def test_a_flipped_bit_anywhere_is_refused(form: str) -> None:
    matter = hashed()
    for broken in flips(receipt(matter, filed(matter), form), 400):
        with pytest.raises(ZhunyuError) as refused:
            read_receipt(broken, TRUSTED)
        assert refused.value.code == "K005"


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"null", b"[" * 5000, b'{"format":"zhunyu-receipt/1"}\n', b"\xff\xfe", b"%PDF"]
)
def test_what_is_no_receipt_is_refused(data: bytes) -> None:
    with pytest.raises(ZhunyuError, match="K005"):
        read_receipt(data, TRUSTED)


def test_spaces_between_the_words_are_refused_too() -> None:
    matter = hashed()
    data = receipt(matter, filed(matter))
    with pytest.raises(ZhunyuError, match="K005"):
        read_receipt(data.replace(b'"body":', b'"body": ', 1), TRUSTED)


def test_a_signature_by_another_installation_is_refused() -> None:
    matter = hashed()
    other = new_ring(secrets.token_bytes)
    with pytest.raises(ZhunyuError, match="K005"):
        read_receipt(receipt(matter, filed(matter), ring=other), TRUSTED)


def test_a_signature_by_another_key_under_the_right_name_is_refused() -> None:
    matter = hashed()
    content = content_of(judgement(matter, filed(matter)), SECRET, STAFF)
    own = RING.signer("decision")
    false = msgspec.structs.replace(new_ring(secrets.token_bytes).signer("decision"), key_id=own.key_id)
    with pytest.raises(ZhunyuError, match="K005"):
        read_receipt(sign_receipt(content, false), TRUSTED)


def test_a_key_of_another_purpose_is_refused() -> None:
    matter = hashed()
    content = content_of(judgement(matter, filed(matter)), SECRET, STAFF)
    with pytest.raises(ZhunyuError, match="K005"):
        read_receipt(sign_receipt(content, RING.signer("certificate")), TRUSTED)


def test_a_swapped_matter_is_refused() -> None:
    matter = hashed()
    other = hashed(title="另一事项")
    content = read_receipt(receipt(matter, filed(matter)), TRUSTED)
    with pytest.raises(ZhunyuError, match="K005"):
        matter_of(encode(msgspec.structs.replace(other, hash="")), content["body"]["matter"]["hash"])


def test_an_opening_that_does_not_fit_its_commitment_is_refused() -> None:
    matter = hashed()
    content = content_of(judgement(matter, filed(matter)), SECRET, STAFF)
    content["openings"]["inputs.phone"]["value"] = "13900000000"
    with pytest.raises(ZhunyuError, match="K005"):
        replay(content, matter)


def changed(body: dict[str, Any], *path: Any, to: Any) -> None:
    for key in path[:-1]:
        body = body[key]
    body[path[-1]] = to


@pytest.mark.parametrize(
    ("path", "to", "where"),
    [
        (("outcome",), "转人工", "结论"),
        (("reason",), "别的理由", "理由"),
        (("findings", 0, "result"), "failed", "预审 area_logic result"),
        (("findings", 0, "trace", "actual"), "1 平方米", "预审 area_logic › 经营面积 ≤ 使用面积 actual"),
        (("rows", 0, "result"), "not_matched", "裁决行 instant result"),
        (("inputs", "area"), {"dec": "99"}, "输入 area"),
        (("parameters", 0, "value"), 60, "参数 起点面积"),
    ],
)
def test_a_receipt_signed_over_something_else_is_told_where_it_differs(path: Any, to: Any, where: str) -> None:
    matter = hashed()
    content = content_of(judgement(matter, filed(matter)), SECRET, STAFF)
    changed(content["body"], *path, to=to)
    found = replay(read_receipt(sign_receipt(content, RING.signer("decision")), TRUSTED), matter)
    assert not found.identical and where in [one.where for one in found.differences]


@pytest.mark.parametrize("broken", ["inputs", "findings", "actor", "judged_at", "application", "held"])
def test_a_signed_content_of_another_shape_is_refused(broken: str) -> None:
    matter = hashed()
    content = content_of(judgement(matter, filed(matter)), SECRET, STAFF)
    del content["body"][broken]
    with pytest.raises(ZhunyuError, match="K005"):
        replay(content, matter)


def test_a_case_that_does_not_come_out_again_gets_no_receipt() -> None:
    matter = hashed()
    case = filed(matter)
    altered = msgspec.structs.replace(case, answers={**case.answers, "area": "1"})
    with pytest.raises(ZhunyuError, match="K005"):
        receipt(matter, altered)


def test_a_case_held_back_from_the_outcome_of_the_rules_replays_as_such() -> None:
    matter = hashed(daily_cap=0)
    case = filed(matter)
    assert case.assessment is not None and case.assessment.by == "daily_cap"
    found = replayed(receipt(matter, case), matter)
    assert found.identical and found.outcome == "转人工"


def test_an_embedded_matter_that_is_a_bomb_is_refused() -> None:
    with pytest.raises(ZhunyuError, match="K005"):
        unpacked(base64.b64encode(zlib.compress(b"0" * 33_600_000)).decode())


SCALARS = st.one_of(
    st.booleans(), st.integers(), st.text(max_size=8), st.dates(),
    st.decimals(allow_nan=False, allow_infinity=False, places=3), st.sampled_from(list(Missing)),
    st.builds(Unavailable, st.text(max_size=4), st.text(max_size=4), st.text(max_size=4)),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_a_typed_value_comes_back_from_canonical_json(value: Any) -> None:
    assert from_json(msgspec.json.decode(canonical(to_json(value)))) == value


@pytest.mark.parametrize("raw", [None, 1.5, {}, {"dec": "x"}, {"date": "31"}, {"missing": "no"}, {"a": 1, "b": 2}])
def test_what_is_no_typed_value_is_refused(raw: Any) -> None:
    with pytest.raises(ValueError):
        from_json(raw)
