"""What the pages of a case tell the audit: who was shown which personal data, for what."""

from __future__ import annotations

from admin.host import zhunyu
from engine.services.accounts import Session
from engine.services.desk_views import DeskView
from engine.services.unmasking import fields_of
from engine.web.host import signed_in


def shown(seen: DeskView, page: str = "办件页面") -> None:
    """The page of a case was opened."""
    case, session = seen.view.case, signed_in()
    content = {
        "case": case.id, "number": case.number, "page": page, "fields": list(fields_of(case, seen.view.matter)),
        "purpose": purpose_of(seen, session),
    }  # fmt: skip
    subject = case.subjects[0].code if case.subjects else case.id
    zhunyu().audit.watching.viewed(session.account.id, f"查看办件 {case.number}", content, case.id, subject)


def taken(case_id: str, what: str) -> None:
    """A file of a case was handed out."""
    account = signed_in().account
    content = {"case": case_id, "what": what}
    zhunyu().audit.watching.viewed(account.id, f"下载 {what}", content, case_id, case_id)


def searched(where: str, text: str, found: int) -> None:
    """Staff searched; looking through a list without a word is no search."""
    if text:
        content = {"where": where, "text": text, "found": found}
        zhunyu().audit.watching.viewed(signed_in().account.id, f"检索 {where}", content)


def purpose_of(seen: DeskView, session: Session) -> str:
    """What the case is opened for, as far as its state tells: to act, or by which office."""
    allowed = [action.title for action in seen.actions if action.allowed]
    return f"办理：{'、'.join(allowed)}" if allowed else f"查阅（{'、'.join(session.account.roles)}）"
