from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import pytest

from engine.adapters.keys import RingSeals
from engine.adapters.render.typst_renderer import TypstRenderer
from engine.errors import ZhunyuError
from engine.model.case import Case, Status
from engine.model.certificate import Certificate, CertificateStatus
from engine.ports.certificates import CertificateVersion
from engine.ports.world import SealCheck
from engine.services.sealing import Sealing
from engine.trust.keys import new_ring
from tests.flow.paper import Paper
from tests.flow.world import World, session

_SEALS = RingSeals(new_ring(secrets.token_bytes))
_RENDERER = TypstRenderer()


class Options:
    public_url = "https://example.invalid"
    second_share = 3


class Watched:
    """The real seals, with a note of who was asked for a second opinion."""

    def __init__(self, state: str = "") -> None:
        self.state, self.seconds = state, list[bool]()

    def seal(self, pdf: bytes, certificate: Certificate, sealed_at: str) -> tuple[bytes, str]:
        return _SEALS.seal(pdf, certificate, sealed_at)

    def check(self, file: bytes, *, second: bool = False) -> SealCheck:
        self.seconds.append(second)
        return SealCheck(self.state, "试验") if self.state else _SEALS.check(file, second=second)


class Dying:
    """A reporter whose process dies once before the report, after the file was kept."""

    def __init__(self, world: World) -> None:
        self.world, self.alive = world, False

    def report(self, case: str, command: Any) -> None:
        if not self.alive:
            self.alive = True
            raise SystemExit("killed")
        self.world.committing.report(case, command)


class Blank:
    """A renderer that gives no PDF."""

    def render(self, layout: str, data: Mapping[str, Any]) -> bytes:
        raise ZhunyuError("S007", "版式无法制成文件", status=500)


def sealing(world: World, **parts: Any) -> Sealing:
    given: dict[str, Any] = {
        "store": world.store, "clock": world.clock, "files": world.files, "renderer": _RENDERER, "seals": _SEALS,
        "legal": Paper(), "reporter": world.committing, "settings": Options(),
    }  # fmt: skip
    return Sealing(**(given | parts))


def granted(world: World, number: int = 1) -> tuple[Case, str]:
    case = world.filed(session(number))
    return case, case.certificates[0]


def version(world: World, certificate: str) -> CertificateVersion:
    with world.store.read() as tx:
        return tx.certificates.versions(certificate)[-1]


def status(world: World, certificate: str) -> CertificateStatus:
    with world.store.read() as tx:
        found = tx.certificates.load(certificate)
    assert found is not None
    return found.status


def test_a_sealed_certificate_is_in_force_and_its_case_done(world: World) -> None:
    case, certificate = granted(world)
    sealing(world).make(certificate)
    assert (status(world, certificate), world.load(case.id).status) == (CertificateStatus.VALID, Status.ISSUED)


def test_the_kept_file_is_valid_and_bears_the_number(world: World) -> None:
    _, certificate = granted(world)
    sealing(world).make(certificate)
    made = version(world, certificate)
    found = _SEALS.check(world.files.get(made.file_key))
    assert (found.state, found.number) == ("valid", made.certificate.number)


def test_making_a_certificate_twice_makes_one_file(world: World) -> None:
    _, certificate = granted(world)
    made = sealing(world)
    made.make(certificate)
    first = version(world, certificate)
    made.make(certificate)
    assert version(world, certificate) == first


def test_a_process_that_died_before_the_report_reports_the_same_file_at_the_next_run(world: World) -> None:
    case, certificate = granted(world)
    made = sealing(world, reporter=Dying(world))
    with pytest.raises(SystemExit):
        made.make(certificate)
    digest = version(world, certificate).digest
    made.make(certificate)
    assert (version(world, certificate).digest, world.load(case.id).status) == (digest, Status.ISSUED)


def test_a_file_that_does_not_verify_is_not_kept(world: World) -> None:
    _, certificate = granted(world)
    with pytest.raises(ZhunyuError, match="K001"):
        sealing(world, seals=Watched("altered")).make(certificate)
    assert not world.files.content


def test_a_certificate_that_does_not_verify_is_not_in_force(world: World) -> None:
    _, certificate = granted(world)
    with pytest.raises(ZhunyuError, match="K001"):
        sealing(world, seals=Watched("altered")).make(certificate)
    assert status(world, certificate) is CertificateStatus.ISSUING


def test_the_first_and_then_one_in_three_are_checked_by_the_second_verifier(world: World) -> None:
    watched = Watched()
    made = sealing(world, seals=watched)
    for number in range(1, 8):
        made.make(granted(world, number)[1])
    assert watched.seconds == [True, False, False, True, False, False, True]


def test_the_register_says_which_certificates_were_checked_twice(world: World) -> None:
    made, first, other = sealing(world), granted(world, 1)[1], granted(world, 2)[1]
    made.make(first)
    made.make(other)
    assert (version(world, first).second, version(world, other).second) == (True, False)


def test_a_certificate_given_up_is_void_and_its_number_recorded(world: World) -> None:
    _, certificate = granted(world)
    sealing(world).give_up(certificate, "版式有误")
    with world.store.read() as tx:
        numbers = [one.certificate for one in tx.certificates.voided()]
    assert (status(world, certificate), numbers) == (CertificateStatus.VOIDED, [certificate])


def test_giving_up_a_certificate_in_force_changes_nothing(world: World) -> None:
    _, certificate = granted(world)
    made = sealing(world)
    made.make(certificate)
    made.give_up(certificate, "迟到的放弃")
    assert status(world, certificate) is CertificateStatus.VALID


def test_a_page_that_cannot_be_made_is_a_failure_for_good(world: World) -> None:
    _, certificate = granted(world)
    with pytest.raises(ZhunyuError, match="S007"):
        sealing(world, renderer=Blank()).make(certificate)
    assert version(world, certificate).state == "ordered"


def test_no_certificate_is_released_on_signatures_that_one_implementation_refuses(world: World) -> None:
    case, certificate = granted(world)
    asked: list[str] = []

    def wrong(tx: object, of: str) -> str:
        asked.append(of)
        return "两种独立实现的验签结论不一致。"

    with pytest.raises(ZhunyuError) as refused:
        sealing(world, acts=wrong).make(certificate)
    assert (refused.value.code, asked) == ("K001", [case.id]) and "两种独立实现" in refused.value.what
    assert version(world, certificate).state == "ordered" and status(world, certificate) is CertificateStatus.ISSUING


def test_signatures_are_verified_again_for_the_share_of_certificates_that_the_second_implementation_verifies(
    world: World,
) -> None:
    asked: list[str] = []

    def right(tx: object, of: str) -> str:
        asked.append(of)
        return ""

    made = sealing(world, acts=right)
    cases = [granted(world, number) for number in range(1, 6)]
    for _, certificate in cases:
        made.make(certificate)
    assert asked == [cases[0][0].id, cases[3][0].id]
