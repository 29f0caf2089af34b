"""Who a token stands for."""

from __future__ import annotations

from portal.api.shape import Shown
from portal.api.shapes_drafts import SubjectShape


class RepresentedShape(Shown):
    """A subject the account may act for, and why: 本人、法定代表人、授权."""

    subject: SubjectShape
    authority: str


class AccountShape(Shown):
    """The account of the token and the subject it acts for in this request."""

    login: str
    name: str
    level: int
    subject: SubjectShape | None
    represents: list[RepresentedShape]
    scopes: list[str]
    expires_at: str
