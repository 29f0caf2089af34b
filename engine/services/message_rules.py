"""The declared rules of messages and ratings, as they were last published."""

from __future__ import annotations

from functools import lru_cache

from engine.decoding import decoded
from engine.model.messages import MessageRule
from engine.model.ratings import RatingRules
from engine.ports.store import Transaction

MESSAGES, RATINGS = "messages", "ratings"


def rules_for(tx: Transaction, trigger: str) -> tuple[MessageRule, ...]:
    """The rules of an event."""
    return _by_trigger(bytes(tx.versions.reference(MESSAGES) or b"")).get(trigger, ())


def all_rules(tx: Transaction) -> tuple[MessageRule, ...]:
    """Every rule, by id."""
    return _rules(bytes(tx.versions.reference(MESSAGES) or b""))


def rating_rules(tx: Transaction) -> RatingRules:
    """The rules of 好差评."""
    document = tx.versions.reference(RATINGS)
    return _ratings(bytes(document)) if document else RatingRules()


@lru_cache(maxsize=4)
def _rules(document: bytes) -> tuple[MessageRule, ...]:
    return decoded(document, tuple[MessageRule, ...]) if document else ()


@lru_cache(maxsize=4)
def _by_trigger(document: bytes) -> dict[str, tuple[MessageRule, ...]]:
    found: dict[str, list[MessageRule]] = {}
    for rule in _rules(document):
        found.setdefault(rule.on, []).append(rule)
    return {name: tuple(some) for name, some in found.items()}


@lru_cache(maxsize=4)
def _ratings(document: bytes) -> RatingRules:
    return decoded(document, RatingRules)
