"""Certificates as drawings for OFD, from the very layouts of the PDF, and the pictures of their seals."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import lru_cache

from engine.adapters.render.typst_renderer import TypstRenderer
from engine.model.values import Json
from engine.trust.ofd.page import Drawing

_DOTS = 240  # to the inch
_STEP = 17  # sixteen steps of transparency; more are not seen and cost three times the bytes


class OfdRenderer:
    """Draws what a layout of the PDF renderer shows, with the seal's place left free."""

    def __init__(self, renderer: TypstRenderer) -> None:
        self._renderer = renderer
        self._picture = lru_cache(maxsize=256)(self._drawn)

    def draw(self, layout: str, data: Mapping[str, Json]) -> Drawing:
        """The pages of `layout` with `data`; ZhunyuError S001, S007 as the renderer, S007 for what OFD lacks."""
        from engine.adapters.render.ofd_pages import drawing_of

        return drawing_of(self._renderer.render(layout, {**data, "stamped": True}))

    def seal_picture(self, authority: str, name: str) -> bytes:
        """The picture (PNG, 42 mm square, transparent, in one ink: that of the star) of an authority's seal."""
        return self._picture(authority, name)

    def _drawn(self, authority: str, name: str) -> bytes:
        from PIL import Image

        whole = self._renderer.picture("seal", {"issuer": authority, "seal": name}, _DOTS)
        with Image.open(io.BytesIO(whole)) as drawn:
            picture = drawn.convert("RGBA")
        (*ink, _), out = picture.getpixel((picture.width // 2, picture.height // 2)), io.BytesIO()  # type: ignore[misc]
        veil = picture.getchannel("A").point(lambda alpha: round(alpha / _STEP))
        made = Image.frombytes("P", veil.size, veil.tobytes())
        made.putpalette(ink * 16)
        made.save(out, "PNG", optimize=True, bits=4, transparency=bytes(range(0, 256, _STEP)))
        return out.getvalue()
