"""Drafts as a service: bounds, consents, what is parked for an expired session, and what goes when a draft goes."""

from __future__ import annotations

import pytest

from engine.errors import ZhunyuError
from engine.ports.drafts import Draft, Parked
from engine.services.accounts import Session
from engine.services.drafts import VERIFICATIONS_AN_HOUR
from engine.services.upload_place import upload_key
from tests.web.portal_world import BATHS, PortalWorld, pdf


def begun(world: PortalWorld, login: str = "hotel") -> tuple[Session, Draft]:
    session = world.session(login)
    return session, world.zhunyu.drafts.start(session, "portal_sample")


def parked(world: PortalWorld, draft: Draft, at: str, site: str) -> str:
    id = world.zhunyu.ids.new()
    with world.zhunyu.store.write() as tx:
        tx.drafts.park(Parked(id, draft.id, {"site": site}, at))
    return id


def test_answers_beyond_the_bound_are_not_stored(portal_world: PortalWorld) -> None:
    session, draft = begun(portal_world)
    with pytest.raises(ZhunyuError, match="A004"):
        portal_world.zhunyu.drafts.save(session, draft.id, {"site": "路" * 400_000})


def test_saving_the_same_answers_again_changes_nothing(portal_world: PortalWorld) -> None:
    session, draft = begun(portal_world)
    assert portal_world.zhunyu.drafts.save(session, draft.id, draft.answers).revision == draft.revision


def test_a_list_of_drafts_holds_those_of_the_present_subject_only(portal_world: PortalWorld) -> None:
    session, draft = begun(portal_world)
    other = portal_world.zhunyu.accounts.act_for(session.token, BATHS.code)
    assert draft.id not in {line.id for line in portal_world.zhunyu.drafts.list(other)}


def test_a_form_does_not_become_a_look_up_of_other_people(portal_world: PortalWorld) -> None:
    session, draft = begun(portal_world, "rival")
    drafts = portal_world.zhunyu.drafts
    for number in range(VERIFICATIONS_AN_HOUR):
        drafts.save(session, draft.id, {"manager": {"name": f"某人{number}"}})
        drafts.verify(session, draft.id, "credit")
    with pytest.raises(ZhunyuError, match="A006"):
        drafts.verify(session, draft.id, "credit")


def test_a_consent_is_on_record_with_what_was_asked(portal_world: PortalWorld) -> None:
    session, draft = begun(portal_world)
    portal_world.zhunyu.drafts.save(session, draft.id, {"manager": {"name": "陈示安"}})
    portal_world.zhunyu.drafts.verify(session, draft.id, "credit")
    with portal_world.zhunyu.store.read() as tx:
        consents = tx.drafts.consents(draft.id)
    assert [(one.account, one.fact, one.source, len(one.digest)) for one in consents] == [
        (session.account.id, "credit", "registry.credit", 64)
    ]


def test_what_was_parked_is_put_back_once(portal_world: PortalWorld) -> None:
    session, draft = begun(portal_world)
    drafts = portal_world.zhunyu.drafts
    id = drafts.park(draft.id, {"site": "停车路1号"})
    first = drafts.restore(session, draft.id, id).answers
    drafts.save(session, draft.id, {"site": "改过了"})
    assert (first["site"], drafts.restore(session, draft.id, id).answers["site"]) == ("停车路1号", "改过了")


def test_what_was_parked_more_than_a_day_ago_is_not_put_back(portal_world: PortalWorld) -> None:
    session, draft = begun(portal_world)
    id = parked(portal_world, draft, "2020-01-01T00:00:00+08:00", "旧路")
    assert "site" not in portal_world.zhunyu.drafts.restore(session, draft.id, id).answers


def test_what_was_parked_for_one_draft_is_not_put_into_another(portal_world: PortalWorld) -> None:
    session, draft = begun(portal_world)
    other = portal_world.zhunyu.drafts.start(session, "portal_sample")
    id = portal_world.zhunyu.drafts.park(draft.id, {"site": "停车路2号"})
    assert "site" not in portal_world.zhunyu.drafts.restore(session, other.id, id).answers


def test_only_the_last_three_of_what_was_parked_are_kept(portal_world: PortalWorld) -> None:
    _, draft = begun(portal_world)
    ids = [parked(portal_world, draft, f"2026-11-0{day}T00:00:00+08:00", "路") for day in range(1, 6)]
    with portal_world.zhunyu.store.read() as tx:
        assert [tx.drafts.parked(id) is not None for id in ids] == [False, False, True, True, True]


def test_nothing_is_parked_for_a_draft_that_does_not_exist(portal_world: PortalWorld) -> None:
    assert portal_world.zhunyu.drafts.park("01AAAAAAAAAAAAAAAAAAAAAAAA", {"site": "无路"}) == ""


def test_the_same_file_is_taken_once(portal_world: PortalWorld) -> None:
    session, draft = begun(portal_world)
    portal_world.zhunyu.drafts.upload(session, draft.id, "plan", "图.pdf", pdf().getvalue())
    with pytest.raises(ZhunyuError, match="已经上传"):
        portal_world.zhunyu.drafts.upload(session, draft.id, "plan", "图2.pdf", pdf().getvalue())


def test_deleting_a_draft_deletes_its_files(portal_world: PortalWorld) -> None:
    session, draft = begun(portal_world)
    upload = portal_world.zhunyu.drafts.upload(session, draft.id, "plan", "图.pdf", pdf().getvalue())
    portal_world.zhunyu.drafts.delete(session, draft.id)
    with pytest.raises(KeyError):
        portal_world.zhunyu.files.get(upload_key(upload.id))


def test_a_draft_lies_in_the_database_without_a_readable_answer(portal_world: PortalWorld) -> None:
    session, draft = begun(portal_world)
    portal_world.zhunyu.drafts.save(session, draft.id, {"site": "不可读路1号"})
    file = portal_world.zhunyu.settings.data_dir / "zhunyu.db"
    stored = b"".join(path.read_bytes() for path in file.parent.glob("zhunyu.db*"))
    assert "不可读路1号".encode() not in stored


def test_a_filed_draft_is_closed_to_every_change(portal_world: PortalWorld) -> None:
    session, draft = begun(portal_world)
    answers = {
        "site": "关门路1号", "type": "旅店", "promise": True, "manager": {"name": "李示宁", "phone": "13800000003"},
        "name": "上海示例泊云酒店有限公司",
    }  # fmt: skip
    portal_world.zhunyu.drafts.save(session, draft.id, answers)
    portal_world.zhunyu.cases.submit(session, draft.id, "close-me")
    with pytest.raises(ZhunyuError, match=r"C001|A003"):
        portal_world.zhunyu.drafts.save(session, draft.id, {"site": "改门路"})
