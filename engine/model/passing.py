"""Passing a task on: whoever had taken it is away or has left."""

from __future__ import annotations

import msgspec


class PassTask(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """A task that one person had taken goes to their deputy, or back to the group ("" for `to_name`)."""

    task: str
    from_name: str
    to_name: str
    reason: str
