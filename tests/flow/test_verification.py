"""What the public learns of a certificate, and who may have its file."""

from __future__ import annotations

import msgspec
import pytest

from engine.errors import ZhunyuError
from engine.matters.catalogue import Catalogue
from engine.matters.reference import CertificateType
from engine.model.certificate import Certificate, CertificateStatus
from engine.model.commands import RecordSealed, RecordSealFailed
from engine.ports.certificates import CertificateVersion
from engine.ports.world import SealCheck
from engine.services.certificates import Certificates, mask
from tests.flow.paper import Paper
from tests.flow.world import World, located, reference, session
from tests.unit.pipeline import sample

NUMBER = "沪示〔2026〕黄字第00001号"


class Seal:
    """A seal check that finds what it is told."""

    def __init__(self) -> None:
        self.found = SealCheck("unknown", "不是本系统签章的文件。")

    def seal(self, pdf: bytes, certificate: Certificate, sealed_at: str) -> tuple[bytes, str]:
        return pdf, ""

    def check(self, file: bytes, *, second: bool = False) -> SealCheck:
        return self.found


def register(world: World, seal: Seal | None = None) -> Certificates:
    return Certificates(
        store=world.store, clock=world.clock, files=world.files, shelf=world.shelf, seals=seal or Seal(),
        legal=Paper(),
    )


def personal(world: World) -> Certificate:
    """A natural person's certificate in the register."""
    kind = CertificateType("sample", "健康证明", ("编号", "姓名"), holder="自然人", sensitive=("id_no",))
    shared = msgspec.structs.replace(reference(), certificates={"sample": kind})
    catalogue = Catalogue({"sample_new": located()}, shared)
    world.publishing.publish(catalogue, "测试")
    made = sample.original(
        id="PERSON", version=1, holder_code="310101197102111016", holder_name="陈示安",
        face={"编号": "健1", "姓名": "陈示安", "证件": "310101197102111016"}, number="健1",
        item={"id_no": "310101197102111016"},
    )  # fmt: skip
    with world.store.write() as tx:
        tx.certificates.order(CertificateVersion(made, 1, "导入", "", world.at, "sealed"), ("id_no",), 0)
    return made


def test_a_valid_number_is_valid(world: World) -> None:
    world.issued(session())
    assert register(world).by_number(NUMBER).state == "valid"


def test_an_unknown_number_is_unknown(world: World) -> None:
    assert register(world).by_number("没有的号").state == "unknown"


def test_a_certificate_that_is_being_made_says_so(world: World) -> None:
    world.filed(session())
    assert register(world).by_number(NUMBER).state == "issuing"


def test_a_certificate_past_its_term_is_expired(world: World) -> None:
    world.issued(session())
    world.later(days=366 * 4)
    assert register(world).by_number(NUMBER).state == "expired"


def test_a_voided_number_is_not_valid(world: World) -> None:
    case = world.filed(session())
    world.committing.report(case.id, RecordSealFailed(case.certificates[0], "渲染失败"))
    assert register(world).by_number(NUMBER).state == "revoked"


@pytest.mark.parametrize("status", [CertificateStatus.CANCELLED, CertificateStatus.REVOKED])
def test_a_certificate_that_was_ended_is_not_valid(world: World, status: CertificateStatus) -> None:
    case = world.issued(session())
    with world.store.write() as tx:
        tx.certificates.change(case.certificates[0], status, "")
    assert register(world).by_number(NUMBER).state == "revoked"


def test_a_file_that_was_altered_is_not_looked_up(world: World) -> None:
    seal = Seal()
    seal.found = SealCheck("altered", "内容与签章不符。")
    assert register(world, seal).by_file(b"").state == "altered"


def test_a_genuine_file_is_as_valid_as_its_certificate(world: World) -> None:
    world.issued(session())
    seal = Seal()
    seal.found = SealCheck("valid", "", NUMBER)
    assert register(world, seal).by_file(b"").state == "valid"


def test_a_genuine_file_of_a_number_nobody_knows_is_unknown(world: World) -> None:
    seal = Seal()
    seal.found = SealCheck("valid", "", "没有的号")
    assert register(world, seal).by_file(b"").state == "unknown"


def test_the_name_of_a_natural_person_is_masked(world: World) -> None:
    personal(world)
    assert register(world).by_number("健1").face["姓名"] == "陈＊＊"


def test_the_code_of_a_natural_person_is_nowhere_in_what_the_public_sees(world: World) -> None:
    personal(world)
    assert "310101197102111016" not in msgspec.json.encode(register(world).by_number("健1")).decode()


def test_a_natural_person_is_not_found_by_name(world: World) -> None:
    personal(world)
    assert register(world).public_search("陈示安") == ()


def test_an_organisation_is_found_by_part_of_its_name(world: World) -> None:
    world.issued(session())
    assert [one.state for one in register(world).public_search("示例1号")] == ["valid"]


def test_a_search_for_one_letter_finds_nothing(world: World) -> None:
    world.issued(session())
    assert register(world).public_search("上") == ()


def test_signs_that_mean_something_to_the_database_mean_nothing_in_a_search(world: World) -> None:
    world.issued(session())
    assert register(world).public_search("%%") == ()


def test_ones_own_certificates_are_listed(world: World) -> None:
    case = world.issued(session())
    assert [one.id for one in register(world).mine(session())] == list(case.certificates)


def test_the_file_is_for_its_holder(world: World) -> None:
    case = world.issued(session())
    world.files.put("k", b"%PDF")
    name, data = register(world).file(session(), case.certificates[0])
    assert (name, data) == (f"示例许可证（{NUMBER}）.pdf", b"%PDF")


def test_the_file_is_for_nobody_else(world: World) -> None:
    case = world.issued(session(1))
    with pytest.raises(ZhunyuError, match="A003"):
        register(world).file(session(2), case.certificates[0])


def test_a_file_that_is_being_made_is_not_there_yet(world: World) -> None:
    case = world.filed(session())
    with pytest.raises(ZhunyuError, match="C005"):
        register(world).file(session(), case.certificates[0])


def test_reporting_a_seal_wakes_the_effects_process_for_its_push(world: World) -> None:
    case = world.filed(session())
    before = world.waker.count
    with world.store.write() as tx:
        tx.certificates.keep_file(case.certificates[0], 1, "k", "cd" * 32, False, world.at)
    world.committing.report(case.id, RecordSealed(case.certificates[0], "cd" * 32))
    assert world.waker.count == before + 1


@pytest.mark.parametrize(
    ("text", "masked"),
    [("陈示安", "陈＊＊"), ("310101197102111016", "310＊＊＊＊＊＊＊＊＊＊＊1016"), ("示例", "示例")],
)
def test_a_mask_leaves_what_identifies_nobody(text: str, masked: str) -> None:
    assert mask(text, ("陈示安", "310101197102111016")) == masked
