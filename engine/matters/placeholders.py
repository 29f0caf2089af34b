"""The {names} in texts: a names-only formatter, without attributes, indexes or conversions."""

from __future__ import annotations

import re

PLACEHOLDER = re.compile(r"\{([^{}:]+)\}")
NUMBER_PART = re.compile(r"\{([^{}:]+)(?::0([1-9])d)?\}")
NUMBER_NAMES = ("年", "月", "日", "区", "区简称", "机关简称", "机关代码", "序号")
DOCUMENT_NAMES = ("年", "区简称", "机关简称", "机关代码")
RESTART_NAMES = ("年", "月", "区", "机关")


def names(text: str) -> tuple[str, ...]:
    """The names that a text has placeholders for, in order."""
    return tuple(found.group(1) for found in NUMBER_PART.finditer(text))
