"""The registries, answered from `rules/demo/registry.yaml` and `rules/demo/registry/*.yaml`, one a line of business.

They may be edited while the sandbox runs."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

UNAVAILABLE = object()
_RELATIVE = re.compile(r"([+-])(\d{1,5})([dy])", re.ASCII)


class Registries:
    """What each source answers. By code: the organisations; `registry.address` by `asked`, `registry.plates` by both
    addresses, other lists by `where` (every argument it names, as text). What an organisation does not state is
    answered from the defaults; who is not listed is not on record."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stamp: tuple[int, ...] = ()
        self._content: dict[str, Any] = {}

    def names(self) -> tuple[str, ...]:
        """All sources, for the page."""
        content = self._load()
        return tuple(sorted({*content.get("defaults", {}), *(name for name in content if "." in name)}))

    def ask(self, path: str, arguments: dict[str, str], today: date) -> dict[str, Any] | None:
        """{"state": "value", "value": …} or {"state": "empty"}; None when the source is to be unavailable.

        KeyError when there is no such source.
        """
        source = path.strip("/").replace("/", ".")
        if source not in self.names():
            raise KeyError(source)
        content = self._load()
        if source in content:
            answer = _row(content[source], arguments)
        else:
            answer = self._of_organization(content, source, arguments.get("code", ""))
        if answer is UNAVAILABLE:
            return None
        return {"state": "empty"} if answer is None else {"state": "value", "value": _dated(answer, today)}

    def _of_organization(self, content: dict[str, Any], source: str, code: str) -> Any:
        found = next((one for one in content["organizations"] if str(one["code"]) == code), None)
        if found is None:
            return None
        stated = found.get(source, {})
        if stated is UNAVAILABLE:
            return UNAVAILABLE
        if source == "registry.business":
            stated = {"code": code, **stated}
        return {**content["defaults"].get(source, {}), **stated}

    def _load(self) -> dict[str, Any]:
        files = (*((self._file,) if self._file.exists() else ()), *sorted(self._file.with_suffix("").glob("*.yaml")))
        stamp = tuple(file.stat().st_mtime_ns for file in files)
        if stamp != self._stamp:
            content: dict[str, Any] = {"organizations": []}
            for file in files:
                _merge(content, yaml.load(file.read_text(encoding="utf-8"), Loader=_Texts) or {})
            self._content, self._stamp = content, stamp
        return self._content


def _merge(content: dict[str, Any], more: dict[str, Any]) -> None:
    """Add a file's lists to those there are; an organisation of several files states what all of them state."""
    known = {str(one["code"]): one for one in content["organizations"]}
    for one in more.pop("organizations", None) or []:
        if str(one["code"]) in known:
            known[str(one["code"])].update(one)
        else:
            content["organizations"].append(one)
    for name, found in more.items():
        if isinstance(found, list):
            content[name] = [*content.get(name, []), *found]
        else:
            content[name] = {**content.get(name, {}), **found}


def _row(rows: list[dict[str, Any]], arguments: dict[str, str]) -> dict[str, Any] | None:
    for row in rows:
        if "asked" in row and arguments.get("address", "") in row["asked"]:
            return {name: value for name, value in row.items() if name != "asked"}
        if "where" in row and all(arguments.get(name, "") == value for name, value in row["where"].items()):
            return {name: value for name, value in row.items() if name != "where"}
        if "old" in row and all(_same(arguments.get(name, ""), row[name]) for name in ("old", "new")):
            return {name: value for name, value in row.items() if name not in ("old", "new")}
    return None


def _same(asked: str, written: str) -> bool:
    """Whether two spellings mean the same place: with or without the city and the district in front."""
    return asked == written or (bool(written) and asked.removeprefix("上海市").endswith("区" + written))


def _dated(value: Any, today: date) -> Any:
    if isinstance(value, dict):
        return {name: _dated(one, today) for name, one in value.items()}
    if isinstance(value, list):
        return [_dated(one, today) for one in value]
    match = _RELATIVE.fullmatch(value) if isinstance(value, str) else None
    return relative_day(match, today).isoformat() if match else value


def relative_day(match: re.Match[str], today: date) -> date:
    """The day a text like -20d or +4y means."""
    count = int(match[1] + match[2])
    if match[3] == "d":
        return today + timedelta(days=count)
    last = today.month == 2 and today.day == 29
    return today.replace(year=today.year + count, day=28 if last else today.day)


class _Texts(yaml.SafeLoader):
    """Dates stay text: the answers are JSON."""


_Texts.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Texts.add_constructor("!unavailable", lambda _loader, _node: UNAVAILABLE)
