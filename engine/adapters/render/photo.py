"""The holder's picture as it is printed: upright, cut to the frame, without what else the file carried."""

from __future__ import annotations

import binascii
import io
from base64 import b64decode

from engine.errors import ZhunyuError

SIZE = (350, 490)  # pixels of a frame of 35 mm by 49 mm (小二寸): 254 to the inch
_QUALITY = 88


def fitted(text: str) -> bytes:
    """The JPEG of a picture (jpg or png, in Base64); ZhunyuError S007 when it does not open."""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(b64decode(text, validate=True)), formats=("JPEG", "PNG")) as opened:
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, binascii.Error, Image.DecompressionBombError) as error:
        raise ZhunyuError("S007", "持证人照片无法打开，不能制证。", "请核查照片材料。", status=500) from error
    white = Image.new("RGBA", upright.size, "white")
    made = ImageOps.fit(Image.alpha_composite(white, upright).convert("RGB"), SIZE, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    made.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
