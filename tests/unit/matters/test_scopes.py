"""A linked matter's scope, made again from the matter alone, names what its author's rules named."""

from __future__ import annotations

import pytest

from engine.matters.lint import guarded_rules
from engine.matters.scopes import scope_of
from engine.rules.compiler import compile_rule
from tests.project import project_loaded

CATALOGUE, _ = project_loaded()


@pytest.mark.parametrize("id", sorted(CATALOGUE.matters))
def test_every_rule_of_a_matter_compiles_again_to_itself_in_its_remade_scope(id: str) -> None:
    matter = CATALOGUE.matters[id]
    scope = scope_of(matter, CATALOGUE.reference)
    for rule in [*(rule for rule, *_ in guarded_rules(matter)), *matter.never]:
        made, problems = compile_rule(rule.text, scope)
        assert problems == ()
        assert made is not None and made.logic == rule.logic
