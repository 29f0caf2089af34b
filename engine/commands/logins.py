"""The demo logins worth showing at a start. Imports nothing heavy: the supervisor stays small."""

from __future__ import annotations

from pathlib import Path

import msgspec

_SHOWN = 2


class Login(msgspec.Struct, frozen=True):
    """A demo login: `what` says in words who it is."""

    login: str
    password: str
    what: str


def logins(file: Path) -> tuple[Login, ...]:
    """The first applicants and the first office's staff of an accounts file; () when there is none."""
    if not file.exists():
        return ()
    import yaml

    content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    staff = content.get("staff", [])
    office = [one for one in staff if one["district"] == staff[0]["district"]]
    return (
        *(Login(one["login"], one["password"], _applicant(one)) for one in content.get("applicants", [])[:_SHOWN]),
        *(Login(one["login"], one["password"], f"{'、'.join(one['roles'])}　{one['name']}") for one in office),
    )


def _applicant(one: dict[str, list[dict[str, str]]]) -> str:
    represents = one.get("represents", [])
    return f"申请人　{one['name']}" + (f"（{represents[0]['name']}）" if represents else "")
