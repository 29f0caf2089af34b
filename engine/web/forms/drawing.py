"""Controls drawn once: a choice or a blank looks alike for everybody, so its HTML is kept."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Flask
from markupsafe import Markup, escape

from engine.model.form import Field
from engine.web.forms.page import FieldView, element_id

_SHARED = frozenset({"单选", "多选", "是否", "承诺"})  # what people type themselves is never kept
_TYPED = frozenset(
    {"文本", "长文本", "地址", "电话", "身份证号", "统一社会信用代码", "数", "金额", "整数", "日期"}
)  # drawn around a place that the value is put into
_PLACE = "\ue000"  # a private-use character: nothing escapes it, and no template has it
_CAPACITY = 8192


def register(app: Flask) -> None:
    """Add the global `drawn(view)` and the filter `eid` to the templates."""
    app.jinja_env.globals["drawn"] = Drawing(app).field
    app.jinja_env.filters["eid"] = element_id


class Drawing:
    """Draws fields by the macro `field` of `forms/fields.html`."""

    def __init__(self, app: Flask) -> None:
        self._environment = app.jinja_env
        self._kept: dict[tuple[Any, ...], tuple[Field, Markup]] = {}

    def field(self, view: FieldView) -> Markup:
        """One field with its label, hint, messages and control."""
        value = view.value
        if not view.messages and view.field.kind in _TYPED and isinstance(value, str | int) and value != "":
            around = self._held(msgspec.structs.replace(view, value=_PLACE))
            return around.replace(_PLACE, escape(value))
        return self._held(view) if not view.messages and _shared(view) else self._draw(view)

    def _held(self, view: FieldView) -> Markup:
        value = tuple(view.value) if isinstance(view.value, list) else view.value
        key = (id(view.field), value, view.visible, view.open, view.origin, view.extra_rows)
        held = self._kept.get(key)
        if held is None or held[0] is not view.field:
            if len(self._kept) >= _CAPACITY:
                self._kept.clear()
            held = self._kept[key] = (view.field, self._draw(view))
        return held[1]

    def _draw(self, view: FieldView) -> Markup:
        macros: Any = self._environment.get_template("forms/fields.html").module
        return Markup(macros.field(view))


def _shared(view: FieldView) -> bool:
    """Whether the field looks alike for everybody: blank, or a choice in the shape a form gives it (the API may
    have stored anything)."""
    value = view.value
    if value is None:
        return True
    whole = value if isinstance(value, list) else [value]
    return view.field.kind in _SHARED and all(isinstance(one, bool | str) for one in whole)
