"""The offices that handle matters."""

from __future__ import annotations

import msgspec

from engine.model.rule import Rule

CITY = "市级"


class Authority(msgspec.Struct, frozen=True, omit_defaults=True):
    """One office that may handle the matter: who, for which district, and its short names in numbers."""

    code: str
    name: str
    district: str = ""
    short: str = ""
    district_short: str = ""
    since: str = ""


class AuthorityRule(msgspec.Struct, frozen=True):
    """Who handles the cases for which `when` holds: one of `offices`, by the district at the path `by`, if any."""

    when: Rule
    by: str
    offices: tuple[Authority, ...]
