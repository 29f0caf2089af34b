"""The series of an agency's letters."""

from __future__ import annotations

from engine.model.case import Case
from engine.model.matter import Matter


def letter_series(matter: Matter, case: Case, word: str) -> str:
    """What stands before the year in a letter's number (文号): the prefix with the office's short names, the kind."""
    known = (*matter.authorities, *(office for step in matter.route for office in step.offices))
    office = next((one for one in known if (one.code, one.name) == (case.authority, case.authority_name)), None)
    prefix = matter.document_prefix
    for name, value in (
        ("机关简称", office.short if office else ""),
        ("区简称", office.district_short if office else ""),
    ):
        prefix = prefix.replace("{" + name + "}", value)
    return f"{prefix}{word}"
