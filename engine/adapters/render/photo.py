"""The holder's picture as it is printed: upright, cut to the frame, without what else the file carried."""

from __future__ import annotations

import binascii
import io
from base64 import b64decode
from typing import Any

from engine.errors import ZhunyuError

SIZE = (350, 490)  # pixels of a frame of 35 mm by 49 mm (小二寸): 254 to the inch
_QUALITY = 88
_PRINTED, _PRINTED_QUALITY = 760, 78  # pixels of the longer side of a picture in a record


def fitted(text: str) -> bytes:
    """The JPEG of a picture (jpg or png, in Base64); ZhunyuError S007 when it does not open."""
    from PIL import Image, ImageOps

    made = ImageOps.fit(_upright(text, "持证人照片无法打开，不能制证。"), SIZE, Image.Resampling.LANCZOS)
    return _jpeg(made, _QUALITY)


def shrunk(text: str) -> bytes:
    """The JPEG of a picture as it is printed in a record; ZhunyuError S007 when it does not open."""
    from PIL import Image

    made = _upright(text, "照片无法打开，不能制成文书。")
    made.thumbnail((_PRINTED, _PRINTED), Image.Resampling.LANCZOS)
    return _jpeg(made, _PRINTED_QUALITY)


def _upright(text: str, what: str) -> Any:
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(b64decode(text, validate=True)), formats=("JPEG", "PNG")) as opened:
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, binascii.Error, Image.DecompressionBombError) as error:
        raise ZhunyuError("S007", what, "请核查照片材料。", status=500) from error
    white = Image.new("RGBA", upright.size, "white")
    return Image.alpha_composite(white, upright).convert("RGB")


def _jpeg(picture: Any, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()
