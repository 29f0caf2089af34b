"""The holder's picture goes from the case onto the certificate, and from there onto every later version."""

from __future__ import annotations

import io
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from PIL import Image

from engine.adapters.render.typst_renderer import TypstRenderer
from engine.errors import ZhunyuError
from engine.model.case import Case, Upload
from engine.model.certificate import CertificateStatus
from engine.model.form import MaterialNeed
from engine.model.matter import ActsOn, Matter, Numbering, Validity
from engine.services.upload_place import upload_key
from engine.trust.sm3 import sm3_hex
from tests.flow.test_effects_sealing import sealing, status, version
from tests.flow.world import World, hashed, located, session

PHOTO = MaterialNeed("photo", "照片", "非必要", accept=("jpg", "png"), max_files=1, sensitive=True)


def portrait(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (350, 490), colour).save(out, "JPEG")
    return out.getvalue()


FACE, OTHER = portrait("white"), portrait("grey")
_RENDERER = TypstRenderer()


class Looking:
    """The real renderer, with a note of the pictures it was given."""

    def __init__(self) -> None:
        self.given = list[bytes]()

    def render(self, layout: str, data: Mapping[str, Any]) -> bytes:
        self.given.append(b64decode(str(data["photo"])))
        return _RENDERER.render(layout, data)


def personal(action: str = "新发", **changes: Any) -> Matter:
    made = located(**changes)
    certificate = msgspec.structs.replace(made.certificates[0], action=action, photo="photo", layout="personal")
    if action != "新发":
        certificate = msgspec.structs.replace(certificate, number=Numbering(kept=True), valid=Validity(kept=True))
    return hashed(msgspec.structs.replace(made, certificates=(certificate,), materials=(*made.materials, PHOTO)))


def handed_in(world: World, data: bytes, matter: str = "sample_new", acts_on: str = "") -> tuple[Case, str]:
    """A granted case whose picture is `data`, none where it is empty; and where the picture lies."""
    draft = world.draft(session(), matter, acts_on)
    upload = Upload(world.ids.new(), "照片.jpg", "image/jpeg", len(data), sm3_hex(data), 1)
    if data:
        with world.store.write() as tx:
            full = msgspec.structs.replace(draft, uploads={**draft.uploads, "photo": (upload,)}, revision=2)
            assert tx.drafts.replace(full, 1)
        world.files.put(upload_key(upload.id), data)
    return world.cases.submit(session(), draft.id, draft.id), upload_key(upload.id)


@pytest.fixture
def people(world: World) -> World:
    world.publish(personal(), personal("变更", id="sample_change", acts_on=ActsOn("sample"), unique=()))
    return world


def made(world: World, case: Case) -> list[bytes]:
    """The pictures the layout was given when the case's certificate was made."""
    looking = Looking()
    sealing(world, renderer=looking).make(case.certificates[0])
    return looking.given


def test_the_picture_of_the_case_is_printed_on_its_certificate(people: World) -> None:
    case, _ = handed_in(people, FACE)
    assert made(people, case) == [FACE]


def test_the_certificate_is_in_force_with_its_picture_by_digest(people: World) -> None:
    case, _ = handed_in(people, FACE)
    made(people, case)
    photo = version(people, case.certificates[0]).certificate.photo
    assert photo is not None and photo.digest == sm3_hex(FACE)
    assert status(people, case.certificates[0]) is CertificateStatus.VALID


def test_a_later_version_prints_the_picture_though_the_files_of_the_case_are_gone(people: World) -> None:
    case, place = handed_in(people, FACE)
    made(people, case)
    people.files.delete(place)
    later, _ = handed_in(people, b"", "sample_change", case.certificates[0])
    assert made(people, later) == [FACE]


def test_a_new_picture_replaces_the_one_before(people: World) -> None:
    case, _ = handed_in(people, FACE)
    made(people, case)
    later, _ = handed_in(people, OTHER, "sample_change", case.certificates[0])
    assert made(people, later) == [OTHER]


def test_without_a_picture_the_certificate_is_made_with_an_empty_frame(people: World) -> None:
    case, _ = handed_in(people, b"")
    assert made(people, case) == [b""]
    assert status(people, case.certificates[0]) is CertificateStatus.VALID


def test_a_picture_that_is_not_the_one_handed_in_is_not_printed(people: World) -> None:
    case, place = handed_in(people, FACE)
    people.files.put(place, OTHER)
    with pytest.raises(ZhunyuError, match="K004"):
        made(people, case)
    assert status(people, case.certificates[0]) is CertificateStatus.ISSUING


def test_a_picture_that_is_nowhere_is_told_and_nothing_is_released(people: World) -> None:
    case, place = handed_in(people, FACE)
    people.files.delete(place)
    with pytest.raises(ZhunyuError, match="C004"):
        made(people, case)
    assert status(people, case.certificates[0]) is CertificateStatus.ISSUING
