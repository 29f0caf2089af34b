"""What the browser's evaluator is given of a rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from engine.model.rule import Rule
from engine.model.values import Json, Missing, Unavailable
from engine.rules import arithmetic


def for_browser(rule: Rule) -> Json:
    """The stored JsonLogic, which rules.js evaluates as it is."""
    return rule.logic


def env_for_browser(value: Any) -> Json:
    """A typed environment as rules.js reads it.

    Decimals are {"dec": text}, dates {"date": ISO}, integers stay, a state is {"$": "empty" | "not_applicable" |
    "pending" | "unavailable"}. Answers from a form may also give numbers and dates as plain text: rules.js reads
    them as numbers or dates where the rule compares them with one.
    """
    if isinstance(value, Missing):
        return {"$": value.value}
    if isinstance(value, Unavailable):
        return {"$": "unavailable"}
    if isinstance(value, Decimal):
        return {"dec": arithmetic.plain(value)}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, Mapping):
        return {(k.isoformat() if isinstance(k, date) else k): env_for_browser(v) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return [env_for_browser(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53:
        return {"dec": str(value)}
    return value
