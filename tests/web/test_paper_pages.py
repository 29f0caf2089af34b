"""The pages of the issuing desk: the queue, one paper certificate, blank forms."""

from __future__ import annotations

import msgspec
import pytest

from engine.model.case import Case
from engine.model.certificate import Overprint
from engine.services.projection import SEAL
from tests.web.admin_world import AdminWorld
from tests.web.test_admin_safeguards import filed, instant_matter


@pytest.fixture(scope="module")
def issued(admin_world: AdminWorld) -> Case:
    """A case whose paper certificate waits to be printed on a blank form."""
    base = instant_matter("paper_one")
    form = Overprint(420, 297, {"单位名称": (120, 90, 18)})
    made = msgspec.structs.replace(base.certificates[0], media=("电子", "纸质"), overprint=form)
    case = filed(admin_world, msgspec.structs.replace(base, certificates=(made,), after=()))
    effects = admin_world.zhunyu.effects
    for job in effects.claim((SEAL,), 50):
        effects.run(job)
    return admin_world.case(case)


def test_the_queue_shows_what_waits_and_leads_to_it(admin_world: AdminWorld, issued: Case) -> None:
    page = admin_world.desk("issuer").page("/papers")
    assert f"/papers/{issued.id}/paper-1" in page and "制发证台" in page


def test_a_certificate_goes_through_the_desk_by_its_pages(admin_world: AdminWorld, issued: Case) -> None:
    desk, here = admin_world.desk("issuer"), f"/papers/{issued.id}/paper-1"
    stocked = desk.post("/papers/blanks", {"type": "desk_sample", "first": "GC01", "last": "GC30"})
    version = {"version": issued.version}
    wrong = desk.post(f"{here}/print", {"print_blank": "GC99", **version})
    printed = desk.post(f"{here}/print", {"print_blank": "GC01", **version})
    version = {"version": admin_world.case(issued).version}
    taken = {"hand_receiver": "陈示安", "hand_receiver_as": "本人", "hand_document": "1016"}
    clerk = admin_world.desk("window")
    unchecked = clerk.post(f"{here}/hand", {**taken, "hand_document": "", **version})
    handed = clerk.post(f"{here}/hand", {**taken, **version})
    assert [one.status_code for one in (stocked, wrong, printed, unchecked, handed)] == [303, 409, 303, 422, 303]
    assert "GC99" in wrong.text and "陈示安" in unchecked.text
    assert "已送达" in clerk.page(here) and "已在窗口领取" in clerk.page(f"/cases/{issued.id}")


def test_the_print_file_and_the_slip_are_pdfs(admin_world: AdminWorld, issued: Case) -> None:
    desk, here = admin_world.desk("issuer"), f"/papers/{issued.id}/paper-1"
    got = [desk.client.get(f"{here}/{one}") for one in ("file?right=1&down=-1", "slip")]
    assert [(one.status_code, one.data[:5]) for one in got] == [(200, b"%PDF-")] * 2


@pytest.mark.parametrize("login", ["approve", "inspect1", "audit", "matters"])
def test_other_roles_do_not_get_in(admin_world: AdminWorld, login: str) -> None:
    assert admin_world.desk(login).client.get("/papers").status_code == 403


def test_serial_numbers_that_do_not_fit_are_told_and_stay_typed(admin_world: AdminWorld, issued: Case) -> None:
    answer = admin_world.desk("issuer").post("/papers/blanks", {"type": "desk_sample", "first": "GC1", "last": "GD2"})
    assert answer.status_code == 422 and "起止编号对不上" in answer.text and 'value="GD2"' in answer.text
