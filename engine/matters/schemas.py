"""The schemas as files, for editors: built by the schema modules, written by `python -m engine.matters.schemas`."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from engine.matters import (
    schema_archive,
    schema_elements,
    schema_guides,
    schema_matter,
    schema_messages,
    schema_shared,
)
from engine.matters.schema_words import Schema

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

FOLDER = Path(__file__).with_name("schema")
BUILDERS: dict[str, Callable[[], Schema]] = {
    "matter": schema_matter.matter,
    "codes": schema_shared.codes,
    "parameters": schema_shared.parameters,
    "sources": schema_shared.sources,
    "certificates": schema_shared.certificates,
    "authorities": schema_shared.authorities,
    "calendar": schema_shared.calendar,
    "expressions": schema_shared.expressions,
    "fragments": schema_shared.fragments,
    "archive": schema_archive.archive,
    "elements": schema_elements.elements,
    "guides": schema_guides.guides,
    "messages": schema_messages.messages,
    "ratings": schema_messages.ratings,
    "synonyms": schema_guides.synonyms,
    "tests": schema_shared.tests,
}


def render(name: str) -> str:
    """The text of `<name>.schema.json`."""
    return json.dumps(BUILDERS[name](), ensure_ascii=False, indent=1) + "\n"


@cache
def validator(name: str) -> Draft202012Validator:
    """The compiled schema of one kind of file."""
    from jsonschema import Draft202012Validator  # only where files are read

    schema = BUILDERS[name]()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def write(folder: Path = FOLDER) -> None:
    """Write every schema file anew."""
    folder.mkdir(exist_ok=True)
    for name in BUILDERS:
        (folder / f"{name}.schema.json").write_text(render(name), encoding="utf-8")


if __name__ == "__main__":
    write()
