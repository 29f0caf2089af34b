"""What an officer fills in for an action, read from the form and turned into a command."""

from __future__ import annotations

from datetime import date

import msgspec
from werkzeug.datastructures import MultiDict

from admin.fieldwork import noted
from engine.decoding import decoded
from engine.model.case import Reply, SupplementItem, Upload
from engine.model.commands import (
    Accept,
    AskSupplement,
    Command,
    Decline,
    FinishStep,
    Grant,
    MakeAgain,
    RecordStatement,
    Refuse,
)
from engine.model.route import STATEMENT, WAIVER
from engine.model.values import Answers
from engine.services.desk_views import DeskView

LONGEST = 4000
_LONGEST_NUMBER = 60


class Filled(msgspec.Struct, frozen=True):
    """The contents of an action's form as typed. `items` are the lines of a request for supplement,
    `record` the answers of the step's record."""

    name: str
    opinion: str = ""
    result: str = ""
    reason: str = ""
    basis: tuple[str, ...] = ()
    more_basis: str = ""
    items: tuple[SupplementItem, ...] = ()
    by: str = ""
    record: Answers | None = None
    reply_number: str = ""
    reply_date: str = ""
    reply_upload: Upload | None = None

    @property
    def all_basis(self) -> tuple[str, ...]:
        """Ticked clauses and those typed, one a line."""
        typed = (line.strip() for line in self.more_basis.splitlines())
        return tuple(dict.fromkeys((*self.basis, *(line for line in typed if line))))

    def changed(self, change: str) -> Filled:
        """With an item more ("add") or without one ("remove-2")."""
        if change == "add":
            return msgspec.structs.replace(self, items=(*self.items, SupplementItem("")))
        number = change.removeprefix("remove-")
        kept = tuple(item for place, item in enumerate(self.items) if str(place) != number)
        return msgspec.structs.replace(self, items=kept)

    def errors(self, seen: DeskView) -> dict[str, str]:
        """What is wrong, by form field."""
        found: dict[str, str] = {}
        if self.name in ("decline", "refuse"):
            if not self.reason.strip():
                found["reason"] = "请写明理由，申请人将在决定书上看到。"
            if not self.all_basis:
                found["more_basis"] = "请勾选或填写所依据的法律条款。"
        if self.name == "finish_step" and seen.results and self.result not in seen.results:
            found["result"] = "请选择本环节的结论。"
        if self.name == "finish_step" and not self.opinion.strip():
            found["opinion"] = "请填写办理意见。"
        if self.name == "ask_supplement":
            if not self.items:
                found["add"] = "请至少写一项要补正的内容。"
            found |= {
                f"what-{place}": f"请写明第 {place + 1} 项要补正什么。"
                for place, item in enumerate(self.items)
                if not item.what.strip()
            }
            found |= {
                f"opens-{place}": f"请为第 {place + 1} 项选择申请人可以修改的内容。"
                for place, item in enumerate(self.items)
                if not item.fields and not item.materials
            }
        if self.name == "record_statement":
            if self.result not in (STATEMENT, WAIVER):
                found["result"] = "请选择是陈述申辩还是放弃。"
            if not self.by.strip():
                found["by"] = "请写明由谁提出。"
            if self.result == STATEMENT and not self.opinion.strip():
                found["opinion"] = "请记下陈述、申辩的内容。"
        found |= self._reply_errors(seen)
        if any(len(text) > LONGEST for text in (self.opinion, self.reason, self.more_basis)):
            found["opinion"] = f"内容过长，请控制在 {LONGEST} 字以内。"
        return found

    @property
    def reply_written(self) -> str:
        """The letter as the next page of the form carries it."""
        return msgspec.json.encode(self.reply_upload).decode() if self.reply_upload is not None else ""

    def _reply(self, seen: DeskView) -> Reply | None:
        if seen.open_step is None or not seen.open_step.outside:
            return None
        return Reply(self.reply_number.strip(), self.reply_date.strip(), self.reply_upload)

    def _reply_errors(self, seen: DeskView) -> dict[str, str]:
        if self.name != "finish_step" or seen.open_step is None or not seen.open_step.outside:
            return {}
        found: dict[str, str] = {}
        if not self.reply_number.strip():
            found["reply_number"] = f"请填写{seen.open_step.outside}来文的字号。"
        elif len(self.reply_number) > _LONGEST_NUMBER:
            found["reply_number"] = f"来文字号过长，请控制在 {_LONGEST_NUMBER} 字以内。"
        try:
            date.fromisoformat(self.reply_date.strip())
        except ValueError:
            found["reply_date"] = "请填写来文日期。"
        return found

    def command(self, seen: DeskView) -> Command:
        """The command of the action."""
        step = seen.open_step.step if seen.open_step else ""
        commands: dict[str, Command] = {
            "accept": Accept(self.opinion.strip()),
            "ask_supplement": AskSupplement(self.items),
            "decline": Decline(self.reason.strip(), self.all_basis),
            "finish_step": FinishStep(step, self.result, self.opinion.strip(), self.record, self._reply(seen)),
            "grant": Grant(self.opinion.strip()),
            "make_again": MakeAgain(self.opinion.strip()),
            "record_statement": RecordStatement(step, self.result, self.by.strip(), self.opinion.strip()),
            "refuse": Refuse(self.reason.strip(), self.all_basis),
        }
        return commands[self.name]


def _letter(written: str) -> Upload | None:
    """The letter that was handed in on an earlier page of the form; what is not as it was written is none."""
    try:
        return decoded(written, Upload) if written else None
    except msgspec.DecodeError:
        return None


def filled_in(name: str, seen: DeskView) -> Filled:
    """A form drawn up for the officer: the items of a supplement come from what the pre-check found."""
    if name == "finish_step":
        result, opinion = noted(seen)
        return Filled(name, result=result, opinion=opinion)
    if name != "ask_supplement":
        return Filled(name)
    fields = {field.id for field in seen.view.matter.fields()}
    items = [
        SupplementItem(
            what="".join(filter(None, (finding.message, finding.mend))), basis=finding.basis,
            fields=tuple(one for one in finding.fields if one in fields),
        )
        for finding in seen.drawn_up
    ]
    items += [
        SupplementItem(what=f"请提交{line.need.title}。", basis=line.need.basis, materials=(line.need.id,))
        for line in seen.materials
        if line.demanded and not line.uploads
    ]
    return Filled(name, items=tuple(items))


def read(name: str, form: MultiDict[str, str]) -> Filled:
    """What was typed."""
    count = min(form.get("items", 0, type=int), 50)
    items = tuple(
        SupplementItem(
            what=form.get(f"what-{place}", "").strip(), basis=form.get(f"basis-{place}", "").strip(),
            fields=tuple(form.getlist(f"fields-{place}")), materials=tuple(form.getlist(f"materials-{place}")),
        )
        for place in range(count)
    )
    return Filled(
        name, opinion=form.get("opinion", ""), result=form.get("result", ""), reason=form.get("reason", ""),
        basis=tuple(form.getlist("basis")), more_basis=form.get("more_basis", ""), items=items,
        by=form.get("by", "")[:200],
        reply_number=form.get("reply_number", ""), reply_date=form.get("reply_date", ""),
        reply_upload=_letter(form.get("reply_upload", "")),
    )  # fmt: skip
