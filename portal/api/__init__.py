"""The HTTP API of the portal: `register(app)` mounts it at /api/v1."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Mount the API; pydantic and spectree load with it and nowhere else."""
    from portal.api.mount import mount

    mount(app)
