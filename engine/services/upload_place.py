"""Where handed-in files lie: by their own id, so that draft, case and desk read the same file."""

from __future__ import annotations


def upload_key(upload_id: str) -> str:
    """The key in the file store."""
    return f"uploads/{upload_id[:8].lower()}/{upload_id.lower()}"
