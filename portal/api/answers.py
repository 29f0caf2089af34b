"""Answers that are more than a model: with an ETag, with a place, empty, or a file."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from pydantic import BaseModel

from engine.web.headers import file_answer

Answer = tuple[BaseModel, int, dict[str, str]]


def tagged(model: BaseModel, tag: str) -> Answer:
    """The model with its ETag; clients may keep it and must ask again."""
    return model, 200, {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache"}


def unchanged(tag: str) -> Response | None:
    """304 when the client has this version already."""
    if not request.if_none_match.contains(tag):
        return None
    return Response(status=304, headers={"ETag": f'"{tag}"', "Cache-Control": "private, no-cache"})


def created(model: BaseModel, place: str) -> Answer:
    """201 with the place of what was made."""
    return model, 201, {"Location": place}


def nothing() -> Response:
    """204."""
    return Response(status=204)


def pdf(file: Any) -> Response:
    """A document as (name, bytes)."""
    name, data = file
    return file_answer(name, "application/pdf", data)
