"""Specimens: every certificate of the catalogue can be drawn, and nothing in one could pass for a real certificate."""

from __future__ import annotations

import msgspec
import pytest

from engine.adapters.render.typst_renderer import TypstRenderer
from engine.errors import ZhunyuError
from engine.model.matter import Matter
from engine.services.samples import Samples, issues, page
from tests.project import project_catalogue

MATTERS = project_catalogue().matters
ISSUING = {one.certificates[0].type: one for one in MATTERS.values() if issues(one)}


class _Counting(TypstRenderer):
    drawn = 0

    def picture(self, layout: str, data: object, dots: int) -> bytes:
        self.drawn += 1
        return super().picture(layout, data, dots)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", sorted(ISSUING))
def test_the_specimen_of_a_type_of_certificate_is_a_picture_of_one_page(kind: str) -> None:
    assert Samples(renderer=TypstRenderer()).picture(ISSUING[kind]).startswith(b"\x89PNG")


@pytest.mark.parametrize("kind", sorted(ISSUING))
def test_a_specimen_has_a_mark_and_neither_seal_nor_code(kind: str) -> None:
    given = page(ISSUING[kind])
    assert (given["specimen"], given["stamped"], "seal" in given, "qr" in given) == (True, True, False, False)


def test_a_specimen_is_drawn_once_for_a_version() -> None:
    renderer, matter = _Counting(), next(iter(ISSUING.values()))
    samples = Samples(renderer=renderer)
    assert samples.picture(matter) is samples.picture(matter)
    samples.picture(msgspec.structs.replace(matter, hash="e" * 64))
    assert renderer.drawn == 2


def test_a_matter_that_ends_a_certificate_has_no_specimen() -> None:
    ending: Matter = MATTERS["public_place_cancel"]
    with pytest.raises(ZhunyuError, match="A003"):
        Samples(renderer=TypstRenderer()).picture(ending)
