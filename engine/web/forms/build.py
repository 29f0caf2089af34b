"""Form classes generated from a matter and kept by its hash."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any, ClassVar

from wtforms.form import BaseForm

from engine.model.matter import Matter
from engine.model.values import Answers
from engine.web.forms.kinds import AnswerField, sent_values

_KEPT = 256
_classes: OrderedDict[str, type[MatterForm]] = OrderedDict()
_lock = Lock()


class MatterForm(BaseForm):  # type: ignore[misc]  # WTForms has no types
    """The form of one matter version: `form["id"]` is the field of a declared id.

    The fields are handed to WTForms as a mapping, so that an id like `data` or `errors` cannot hide a word of its own.
    """

    declared: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, formdata: Any = None, answers: Answers | None = None) -> None:
        super().__init__(self.declared)
        self.process(None if formdata is None else sent_values(formdata), data=answers or {})

    def answers(self) -> Answers:
        """The JSON answers; a field left blank is absent."""
        return {name: field.data for name, field in self._fields.items() if field.data is not None}

    def tell(self, messages: Mapping[str, str]) -> None:
        """Put messages by path (`id`, `id.part`, `id.0.col`) at their fields; paths of no field are passed over."""
        for path, message in messages.items():
            field = self._fields.get(path.partition(".")[0])
            if field is not None:
                field.messages[path] = message
                field.errors = (*field.errors, message)


def form_class(matter: Matter) -> type[MatterForm]:
    """The form class of a matter version, made once; a matter without a hash (not published) is not kept."""
    if not matter.hash:
        return _make(matter)
    with _lock:
        found = _classes.get(matter.hash)
        if found is None:
            found = _classes[matter.hash] = _make(matter)
            if len(_classes) > _KEPT:
                _classes.popitem(last=False)
        else:
            _classes.move_to_end(matter.hash)
        return found


def _make(matter: Matter) -> type[MatterForm]:
    declared = {field.id: AnswerField(field) for field in matter.fields()}
    return type(f"Form_{matter.id}", (MatterForm,), {"declared": declared})


def bind(matter: Matter, answers: Answers | None = None, formdata: Any = None) -> MatterForm:
    """A form of the matter: of the sent form values when given, else of stored answers."""
    return form_class(matter)(formdata, answers)


def without_dropped(sent: Any) -> Any:
    """The form as sent, without the table row whose removal was asked for (`_do` is `remove-row:field:number`)."""
    did, _, row = sent.get("_do", "").partition(":")
    if did != "remove-row":
        return sent
    prefix = ".".join(row.split(":")) + "."
    return type(sent)([pair for pair in sent.items(multi=True) if not pair[0].startswith(prefix)])
