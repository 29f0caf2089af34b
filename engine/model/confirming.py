"""A second party's confirmation 对方确认: what a matter asks for, and what the party said."""

from __future__ import annotations

import msgspec

from engine.model.rule import ALWAYS, Rule

CONFIRMED, DECLINED = "已确认", "未同意"


class Countersign(msgspec.Struct, frozen=True, omit_defaults=True):
    """What somebody other than the applicant has to confirm before the application is filed.

    `by` is the path of the party's code; `of` the ids of the fields shown to it, `text` what it confirms. Where
    `required` is not certainly false the application cannot be filed without it.
    """

    id: str
    title: str
    by: str
    of: tuple[str, ...]
    text: str
    required: Rule = ALWAYS


class Confirmation(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the party said. `state`: 已确认 | 未同意; `digest` (SM3, hex) binds it to party, text and answers.

    `by` is the account's name, `signature` the signed act as JSON where the party signed.
    """

    state: str
    party: str
    digest: str
    at: str
    by: str = ""
    reason: str = ""
    signature: str = ""
