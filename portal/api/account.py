"""Who the token stands for."""

from __future__ import annotations

from portal.api.contract import operation
from portal.api.gate import session_now
from portal.api.shape import shown
from portal.api.shapes_account import AccountShape, RepresentedShape
from portal.api.shapes_drafts import SubjectShape


@operation(
    "令牌的主人", scope="read", answer=AccountShape, tag="账号",
    words="令牌代表哪个账号，可以代表哪些主体。请求头 X-Subject 换成其中另一个主体的代码。",
)  # fmt: skip
def read_account() -> AccountShape:
    session = session_now()
    account = session.account
    return AccountShape(
        login=account.login, name=account.name, level=account.level,
        subject=shown(SubjectShape, session.subject) if session.subject is not None else None,
        represents=[shown(RepresentedShape, one) for one in account.represents],
        scopes=sorted(session.scopes), expires_at=session.expires_at,
    )  # fmt: skip
