"""Rule text, in Chinese or English, by titles or by ids, and JsonLogic carry the same rule without loss."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.rules.compiler import compile_rule
from engine.rules.kinds import ANY
from engine.rules.printer import Printer
from engine.rules.profile import OPERATORS, WORDS
from engine.rules.reader import _parser
from tests.unit.rules.rich import SCOPE, Rich
from tests.unit.rules.vocabulary import rule

ENGLISH = {word.chinese: word.english for word in WORDS}
ENGLISH |= {"且": "and", "或": "or", "非": "not", "所有": "all", "存在": "any", "满足": "satisfy", "总是": "always"}
ENGLISH |= {"从不": "never", "是": "true", "否": "false", "=": "==", "≠": "!=", "≥": ">=", "≤": "<=", "×": "*", "÷": "/"}
rules = st.randoms(use_true_random=False).map(lambda random: Rich(random).rule())
seeds = st.integers(0, 10**9).map(lambda seed: Rich(Random(seed)).rule())
relaxed = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def by_ids(logic: Any) -> str:
    """The rule printed with ids instead of titles."""
    def kind(path: str) -> Any:
        found = SCOPE.at(path)
        return found.kind if found else ANY

    return Printer(lambda path: path, kind, lambda word: True, SCOPE.choices).rule(logic)


def english(text: str) -> str:
    """The rule text with every word of the language in English."""
    calls = {one.chinese: one.english for one in OPERATORS.values() if one.form == "call"}
    tokens = list(_parser().lex(text))
    following = [str(token) for token in tokens[1:]] + [""]
    out = []
    for token, after in zip(tokens, following, strict=True):
        if token.type == "WORD":
            out.append(calls.get(str(token), str(token)) if after == "(" else str(token))
        else:
            out.append(str(token) if token.type in ("TEXT", "QUOTED") else ENGLISH.get(str(token), str(token)))
    return " ".join(out)


@relaxed
@given(rules | seeds)
def test_a_rule_survives_every_spelling(logic: Any) -> None:
    first = rule(logic, scope=SCOPE)
    assert rule(first.text, scope=SCOPE) == first
    assert rule(first.logic, scope=SCOPE) == first
    assert rule(by_ids(first.logic), scope=SCOPE) == first
    assert rule(english(first.text), scope=SCOPE) == first


def test_the_drawn_rules_reach_every_operator() -> None:
    seen: set[str] = set()

    def walk(node: Any) -> None:
        for name, given_ in node.items() if isinstance(node, dict) else ():
            seen.add(name)
            walk(given_)
        for part in node if isinstance(node, list) else ():
            walk(part)

    for seed in range(1500):
        walk(Rich(Random(seed)).rule())
    assert seen == set(OPERATORS)


def test_a_rule_whose_text_would_be_too_long_is_refused_in_both_spellings() -> None:
    made, problems = compile_rule({"in": [{"var": "red"}, ["很长的一段文字" * 10] * 100]}, SCOPE)
    assert (made, problems[0].code, "4000" in problems[0].what) == (None, "R110", True)
