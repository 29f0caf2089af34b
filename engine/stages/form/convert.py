"""Every kind of field and its converter; importing this registers them all."""

from __future__ import annotations

from engine.stages.form import composite, single
from engine.stages.form.registry import CONVERTERS, Converted, convert

__all__ = ["CONVERTERS", "Converted", "composite", "convert", "single"]
