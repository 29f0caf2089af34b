"""PDF/A from Typst layouts. Compilers and fonts are kept, so that a page costs about ten milliseconds."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from engine.adapters.render.photo import fitted, shrunk
from engine.errors import ZhunyuError
from engine.model.values import Json

LAYOUTS = Path(__file__).parent / "layouts"
# Imported by the layouts or drawn as a picture, never a document.
_PARTS = frozenset({"parts", "document", "portrait", "seal", "field_parts"})
_MASK = 4  # readers take any of the eight; weighing them all costs as much as the page, and 4 wins most often
_STANDARD = ["a-2b"]


def layouts() -> tuple[str, ...]:
    """The names of the layouts that can be rendered."""
    return tuple(sorted(path.stem for path in LAYOUTS.glob("*.typ") if path.stem not in _PARTS))


class TypstRenderer:
    """Renders one page at a time; a compiler is not shared between threads while it works."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._compilers: dict[str, Any] = {}

    def render(self, layout: str, data: Mapping[str, Json]) -> bytes:
        """The PDF/A-2b of `layout` with `data`.

        `qr`, if given as text, is what the code says; `photo` is a picture (jpg or png) in Base64, `pictures`
        and `signature` lists of them. ZhunyuError S001
        for an unknown layout, S007 when the fonts or the layout do not compile or the picture does not open.
        """
        if layout not in layouts():
            raise ZhunyuError("S001", f"没有名为“{layout}”的版式。", f"现有版式：{'、'.join(layouts())}。", status=500)
        given = dict(data)
        if given.get("qr"):
            given["qr"] = qr_code(str(given["qr"]))
        if given.get("photo"):
            given["photo"] = list(fitted(str(given["photo"])))
        for key in ("pictures", "signature"):
            if isinstance(given.get(key), list):
                given[key] = [list(shrunk(str(one))) for one in given[key]]
        inputs = {"data": msgspec.json.encode(given).decode("utf-8")}
        return self._compile(layout, inputs, format="pdf", pdf_standards=_STANDARD)

    def picture(self, layout: str, data: Mapping[str, Json], dots: int) -> bytes:
        """The PNG of a layout of one page, at `dots` to the inch, transparent where nothing is drawn."""
        inputs = {"data": msgspec.json.encode(dict(data)).decode("utf-8")}
        return self._compile(layout, inputs, format="png", ppi=float(dots))

    def _compile(self, layout: str, inputs: Mapping[str, str], **options: Any) -> bytes:
        with self._lock:
            try:
                return bytes(self._compiler(layout).compile(sys_inputs=dict(inputs), **options))
            except RuntimeError as error:  # TypstError is one
                raise ZhunyuError("S007", f"版式“{layout}”无法制成文件：{error}", status=500) from error

    def _compiler(self, layout: str) -> Any:
        if layout not in self._compilers:
            import typst

            self._compilers[layout] = typst.Compiler(
                str(LAYOUTS / f"{layout}.typ"), root=str(LAYOUTS), font_paths=_fonts()
            )
        return self._compilers[layout]


@lru_cache(maxsize=1)
def _fonts() -> Any:
    import justmytype_intl_cjk
    import typst

    folder = Path(justmytype_intl_cjk.__file__).parent / "fonts" / "ofl" / "notosanssc"
    if not folder.is_dir():
        raise ZhunyuError("S007", "缺少中文字体 Noto Sans SC。", "请重新安装依赖。", status=500)
    # Only this one font: the machine's own fonts would make the same certificate look different elsewhere.
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


def qr_code(text: str) -> str:
    """A QR code of error level M as SVG text."""
    import segno

    code = segno.make(text, error="m", micro=False, mask=_MASK)
    return str(code.svg_inline(border=0, scale=4, dark="#1a1a1a", omitsize=True))
