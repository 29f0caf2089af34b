"""A certificate gets its legal form, which tells as much as the register does."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from engine.adapters.render.ofd_renderer import OfdRenderer
from engine.errors import ZhunyuError
from engine.matters.catalogue import Catalogue
from engine.matters.reference import CertificateType
from engine.model.certificate import Annex, CertificateStatus
from engine.model.certificate_metadata import ROOT
from engine.model.events import Happened
from engine.model.matter import CertificateDef, Numbering, Validity
from engine.ports.certificates import NO_LEGAL_FILE, CertificateVersion
from engine.services.certificates import OFD, Certificates
from engine.services.legal_form import LegalForms
from engine.services.sealing import Sealing
from engine.services.signing_authority import SigningAuthority, office_key
from engine.trust.ofd.document import ROOT as OFD_XML
from engine.trust.ofd.document import read_root
from engine.trust.ofd.package import read_package, write_package
from engine.trust.sm3 import sm3_hex
from tests.flow.test_certificates import cancelling
from tests.flow.test_effects_sealing import _RENDERER, _SEALS, Options
from tests.flow.world import World, hashed, located, reference, session

_DRAWER = OfdRenderer(_RENDERER)
TYPE = "11100000000013338W011"


class NoFiles:
    """A folder of trust with nothing in it."""

    def certificates(self) -> tuple[bytes, ...]:
        return ()

    def lists(self) -> tuple[bytes, ...]:
        return ()


class Issuing:
    """The product's own makers and checkers over a world."""

    def __init__(self, world: World, *, development: bool = True) -> None:
        self.world = world
        self.authority = SigningAuthority(
            store=world.store, clock=world.clock, ids=world.ids, files=NoFiles(), development=development
        )
        self.legal = LegalForms(
            store=world.store, clock=world.clock, files=world.files, shelf=world.shelf, drawer=_DRAWER,
            holders=self.authority, program="0",
        )  # fmt: skip
        self.sealing = Sealing(
            store=world.store, clock=world.clock, files=world.files, renderer=_RENDERER, seals=_SEALS,
            legal=self.legal, reporter=world.committing, settings=Options(),
        )  # fmt: skip
        self.register = Certificates(
            store=world.store, clock=world.clock, files=world.files, shelf=world.shelf, seals=_SEALS, legal=self.legal
        )

    def issued(self, who: int = 1) -> CertificateVersion:
        """A certificate with its files."""
        case = self.world.filed(session(who))
        self.sealing.make(case.certificates[0])
        with self.world.store.read() as tx:
            return tx.certificates.versions(case.certificates[0])[-1]

    def file(self, version: CertificateVersion) -> bytes:
        return self.world.files.get(version.legal.key)

    def details(self, version: CertificateVersion) -> str:
        with self.world.store.read() as tx:
            told = [one.event for one in tx.cases.events(version.case)]
        return next(one.detail for one in told if isinstance(one, Happened) and one.kind == "发证")


@pytest.fixture
def issuing(world: World) -> Issuing:
    return Issuing(world)


def test_a_certificate_is_made_in_both_forms_and_both_are_registered(issuing: Issuing) -> None:
    made = issuing.issued()
    pdf, ofd = issuing.world.files.get(made.file_key), issuing.file(made)
    assert (pdf[:5], ofd[:2], made.digest, made.legal.digest) == (b"%PDF-", b"PK", sm3_hex(pdf), sm3_hex(ofd))
    assert made.legal.digest[:16] in issuing.details(made)
    assert issuing.register.by_file(ofd).state == issuing.register.by_file(pdf).state == "valid"


def test_the_holder_gets_the_legal_form_under_its_own_name(issuing: Issuing) -> None:
    made = issuing.issued()
    name, data = issuing.register.file(session(), made.certificate.id, OFD)
    assert name.endswith(f"（{made.certificate.number}）.ofd") and data == issuing.file(made)
    with pytest.raises(ZhunyuError, match="A003"):
        issuing.register.file(session(2), made.certificate.id, OFD)


def test_the_legal_form_holds_face_and_metadata(issuing: Issuing) -> None:
    made = issuing.issued()
    about = read_root(read_package(issuing.file(made))[OFD_XML])
    one = made.certificate
    assert (about.author, about.title, about.day) == (one.authority_name, one.title, one.issued_on)
    assert about.data["certificateHolderName"] == one.holder_name
    assert {key[3:]: text for key, text in about.data.items() if key.startswith("照面.")} == {
        title: text for title, text in one.face.items() if text
    }


@pytest.mark.parametrize("status", [CertificateStatus.CANCELLED, CertificateStatus.REVOKED])
def test_an_untouched_file_of_an_ended_certificate_is_told_as_ended(
    issuing: Issuing, status: CertificateStatus
) -> None:
    made = issuing.issued()
    with issuing.world.store.write() as tx:
        tx.certificates.change(made.certificate.id, status, "")
    found = issuing.register.by_file(issuing.file(made))
    assert (found.state, issuing.legal.check(issuing.file(made)).state) == ("revoked", "valid")


def test_a_file_of_an_earlier_version_is_told_as_replaced(issuing: Issuing) -> None:
    made = issuing.issued()
    later = msgspec.structs.replace(made.certificate, version=2)
    with issuing.world.store.write() as tx:
        tx.certificates.order(
            msgspec.structs.replace(made, version=2, certificate=later, digest="b" * 64, legal=NO_LEGAL_FILE),
            (), 1,
        )  # fmt: skip
        tx.certificates.change(later.id, CertificateStatus.VALID, "")
    found = issuing.register.by_file(issuing.file(made))
    assert found.state == "revoked" and "取代" in found.reason


def test_an_annex_is_sealed_and_checked_with_its_certificate(issuing: Issuing) -> None:
    case = issuing.world.filed(session(3))
    with issuing.world.store.read() as tx:
        ordered = tx.certificates.versions(case.certificates[0])[-1].certificate
    annexed = msgspec.structs.replace(
        ordered, item={**ordered.item, "pools": [{"no": "一号"}, {"no": "二号"}]},
        annexes=(Annex("泳池附表", "pools", {"no": "池号"}),),
    )  # fmt: skip
    page = issuing.sealing.page(annexed, 1)
    assert page["annexes"] == [{"title": "泳池附表", "head": ["池号"], "lines": [["一号"], ["二号"]]}]
    assert len(_DRAWER.draw("licence", page).pages) == 2
    ofd, _ = issuing.legal.make(annexed, 1, page)
    pdf, _ = _SEALS.seal(_RENDERER.render("licence", page), annexed, "2026-02-10T09:00:00+08:00")
    for file in (ofd, pdf):
        checked = issuing.register.check(file)
        face: Any = checked.facts["face"]
        assert checked.state == "valid" and face["附表：泳池附表"] == "一号；二号"
    altered = read_package(ofd)
    altered[OFD_XML] = altered[OFD_XML].replace("二号".encode(), "三号".encode())
    assert issuing.register.check(write_package(altered)).state == "altered"


def test_an_altered_file_is_not_looked_up(issuing: Issuing) -> None:
    files = read_package(issuing.file(issuing.issued()))
    files[OFD_XML] = files[OFD_XML].replace("示例".encode(), "样例".encode())
    found = issuing.register.by_file(write_package(files))
    assert (found.state, found.face) == ("altered", {})


def test_certificates_of_one_office_are_sealed_with_one_seal(issuing: Issuing) -> None:
    first, second = (read_package(issuing.file(issuing.issued(who))) for who in (1, 2))
    seal = "Doc_0/Signs/Sign_0/Seal.esl"
    assert first[seal] == second[seal]


def test_a_certificate_without_codes_of_type_and_office_has_no_identifier(issuing: Issuing) -> None:
    assert issuing.issued().legal.identifier == ""


def test_an_identifier_finds_its_certificate(issuing: Issuing) -> None:
    kinds = {"sample": CertificateType("sample", "示例许可证", ("编号", "单位名称"), code=TYPE)}
    catalogue = Catalogue({"sample_new": located()}, msgspec.structs.replace(reference(), certificates=kinds))
    issuing.world.publishing.publish(catalogue, "测试")
    made = issuing.issued()
    identifier = made.legal.identifier
    assert identifier.startswith(f"{ROOT}.{TYPE}.{made.certificate.authority}.{made.certificate.id.upper()}.001.")
    assert issuing.register.by_number(identifier).state == "valid"
    assert issuing.register.by_number(f"{ROOT}.nothing").state == "unknown"
    assert issuing.register.legal_files([made.certificate]) == {made.certificate.id: made.legal}


def test_a_certificate_made_before_has_its_pdf_only(issuing: Issuing) -> None:
    case = issuing.world.issued(session())
    issuing.world.files.put("k", b"%PDF")
    assert issuing.register.file(session(), case.certificates[0])[1] == b"%PDF"
    with pytest.raises(ZhunyuError, match="A003"):
        issuing.register.file(session(), case.certificates[0], OFD)


def test_an_office_without_a_certificate_issues_the_pdf_and_the_case_says_so(world: World) -> None:
    issuing = Issuing(world, development=False)
    made = issuing.issued()
    assert (made.state, made.legal.key) == ("sealed", "") and "没有可用的电子签章证书" in issuing.details(made)


def test_a_seal_of_a_key_that_leaked_is_no_longer_relied_on(issuing: Issuing) -> None:
    made = issuing.issued()
    office = office_key(made.certificate.authority, made.certificate.authority_name)
    with issuing.world.store.read() as tx:
        (kept,) = tx.signing.held("agency", office)
    issuing.world.later(days=1)
    issuing.authority.revoke(kept.id, "key_compromise")
    assert issuing.register.by_file(issuing.file(made)).state == "unknown"


def test_a_layout_without_a_place_for_the_seal_makes_no_legal_form(issuing: Issuing) -> None:
    class Nowhere:
        def draw(self, layout: str, data: Any) -> Any:
            return msgspec.structs.replace(_DRAWER.draw(layout, data), stamps=())

        seal_picture = _DRAWER.seal_picture

    issuing.legal._drawer = Nowhere()
    with pytest.raises(ZhunyuError, match="S007"):
        issuing.issued()


NOTE = CertificateDef(
    "sample", "示例许可证", "加注", valid=Validity(kept=True), number=Numbering(kept=True), note="增加{site}。"
)


def duplicated(issuing: Issuing) -> CertificateVersion:
    """A licence with a 副本."""
    plain = located().certificates[0]
    issuing.world.publish(located(certificates=(msgspec.structs.replace(plain, duplicate=True),)))
    return issuing.issued()


def test_a_licence_and_its_duplicate_are_two_documents_of_one_version(issuing: Issuing) -> None:
    made = duplicated(issuing)
    second = made.duplicate
    files = [issuing.world.files.get(key) for key in (made.file_key, made.legal.key, second.key, second.legal_key)]
    assert [sm3_hex(data) for data in files] == [made.digest, made.legal.digest, second.digest, second.legal_digest]
    assert [issuing.register.by_file(data).state for data in files] == ["valid"] * 4
    told: Any = [issuing.register.check(data).facts["face"] for data in files]
    assert [face.get("正副本") for face in told] == [None, None, "副本", "副本"]
    name, data = issuing.register.file(session(), made.certificate.id, OFD, duplicate=True)
    assert "（副本）" in name and data == files[3]


def test_a_note_makes_the_duplicate_anew_and_leaves_the_licence_as_it_was(issuing: Issuing) -> None:
    made = duplicated(issuing)
    issuing.world.publish(hashed(msgspec.structs.replace(cancelling(), certificates=(NOTE,))))
    case = issuing.world.filed(session(), "sample_cancel", made.certificate.id)
    issuing.sealing.make(made.certificate.id)
    with issuing.world.store.read() as tx:
        noted = tx.certificates.versions(made.certificate.id)[-1]
    assert (noted.version, noted.case, noted.certificate.number) == (2, case.id, made.certificate.number)
    assert (noted.file_key, noted.digest, noted.legal) == (made.file_key, made.digest, made.legal)
    assert noted.duplicate.digest != made.duplicate.digest
    assert [one.text for one in noted.certificate.notes] == ["增加中山东一路1号。"]
    assert noted.certificate.face == made.certificate.face
    read = issuing.world.files.get
    assert issuing.register.by_file(read(noted.file_key)).state == "valid"
    assert issuing.register.by_file(read(noted.duplicate.legal_key)).state == "valid"
    assert issuing.register.by_file(read(made.duplicate.legal_key)).state == "revoked"
