"""Port: pages of files as pictures, for a viewer that runs nothing of the file."""

from __future__ import annotations

from typing import Protocol


class PageImages(Protocol):
    """Draws pages."""

    def draw(self, media: str, data: bytes, page: int, width: int) -> bytes:
        """The page (from 1) of a PDF or a picture as JPEG, `width` pixels wide; ZhunyuError A003 for a page that is not
        there, A007 for a file that cannot be drawn."""
        ...
