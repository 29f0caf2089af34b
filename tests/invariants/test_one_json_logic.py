"""Four distributions install a module called json_logic and overwrite each other: only ours may be there."""

from __future__ import annotations

from importlib.metadata import packages_distributions


def test_only_one_distribution_provides_json_logic() -> None:
    assert packages_distributions()["json_logic"] == ["json-logic-qubit"]
