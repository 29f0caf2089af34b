"""Who fills in an application, where the pages lead to, and the services they call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, cast

import msgspec
from flask import current_app

from engine.model.case import Case
from engine.services.accounts import Session
from engine.services.cases import Cases
from engine.services.confirming import Confirming
from engine.services.drafts import Drafts
from engine.services.explaining import Explaining
from engine.services.shelf import Shelf

KEY = "zhunyu_applying"


class ApplyHost(Protocol):
    """The services behind the pages; `engine.bootstrap.Zhunyu` fulfils it."""

    @property
    def drafts(self) -> Drafts: ...
    @property
    def shelf(self) -> Shelf: ...
    @property
    def explaining(self) -> Explaining: ...
    @property
    def confirming(self) -> Confirming: ...
    @property
    def cases(self) -> Cases: ...


class Applying(msgspec.Struct, frozen=True):
    """How one app lets applications be filled in.

    `acting` gives the session that acts for the subject of a draft; `submit` files it (session, draft, key, insist,
    secret). `base` is the template of the pages. `mine`, `filed`, `rows` are endpoints: the list of drafts, the case,
    the list of a matter that has one; `guide` that of the matter's guide, "" for none. `form_part` and `review_part`
    are templates put into the form and before the button that submits; `moved` is told of a draft whose answers went
    into another.
    """

    acting: Callable[[str], Session]
    submit: Callable[[Session, str, str, bool, str], Case]
    base: str
    mine: str
    mine_title: str
    filed: str
    rows: str = ""
    guide: str = ""
    form_part: str = ""
    review_part: str = ""
    moved: Callable[[Session, str, str], None] = lambda session, old, new: None


def applying() -> Applying:
    """How the app that answers this request fills in applications."""
    return cast(Applying, current_app.extensions[KEY])


def acting(draft_id: str) -> Session:
    """The session of this request, acting for the subject of the draft."""
    return applying().acting(draft_id)


def product() -> ApplyHost:
    """The services behind the app that answers this request."""
    return cast(ApplyHost, current_app.extensions["zhunyu"])
