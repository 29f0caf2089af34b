"""The two kinds of models: what the API takes is strict and closed, what it gives names exactly what it shows."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from pydantic import BaseModel, ConfigDict

Model = TypeVar("Model", bound="Shown")


class Taken(BaseModel):
    """A request body: no conversions, no unknown keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Asked(BaseModel):
    """Query parameters and headers: text is converted, unknown query parameters are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Shown(BaseModel):
    """An answer: built from the product's own values, of which only the named parts leave the house."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


def shown(model: type[Model], value: Any, **more: Any) -> Model:
    """The model filled from a frozen value, with `more` beside or instead of its own parts."""
    parts: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(value))
    parts.update(more)
    return model.model_validate(parts)
