"""What became of every matter file, kept by the content it came from, so that only what has changed is read again.

One small file per matter, written aside and put in place. What cannot be read or written counts as absent: the matter
is then simply compiled again.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import msgspec

from engine.errors import Problem
from engine.matters.aside import keep_aside
from engine.model.matter import Matter


class Compiled(msgspec.Struct, frozen=True):
    """What one matter file gives: the matter (None where it cannot be linked), what is wrong in reading and in linking
    it, the fragments it uses and the texts in which it may name a shared expression."""

    matter: Matter | None
    reading: tuple[Problem, ...]
    linking: tuple[Problem, ...]
    used: tuple[str, ...]
    said: tuple[str, ...]


class _Kept(msgspec.Struct, frozen=True):
    key: str
    compiled: Compiled


class CompiledCache:
    """Compiled matters kept in a folder. Nothing of another program, another `rules/` or another text is ever given."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._decoder = msgspec.msgpack.Decoder(_Kept)

    def get(self, id: str, key: str) -> Compiled | None:
        """What is kept of a matter under this key; None when that is not known."""
        try:
            kept = self._decoder.decode((self._folder / f"{id}.bin").read_bytes())
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        return kept.compiled if kept.key == key else None

    def put(self, id: str, key: str, compiled: Compiled) -> None:
        """Keep what a matter became."""
        keep_aside(self._folder / f"{id}.bin", msgspec.msgpack.encode(_Kept(key, compiled)))


def shared_key(root: Path, ids: frozenset[str]) -> str:
    """A digest of everything that every matter depends on: the program, `rules/`, and which matters there are."""
    digest = sha256(_program())
    for path in sorted(path for path in (root / "rules").rglob("*.yaml") if not _of_finding(path)):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    digest.update("\0".join(sorted(ids)).encode())
    return digest.hexdigest()


def _of_finding(path: Path) -> bool:
    """Whether a file of `rules/` only helps people find matters or tells them of things: no matter depends on it."""
    return path.parent.name in ("guides", "messages") or path.name in ("synonyms.yaml", "ratings.yaml")


def key_of(shared: str, path: Path, all_paths: dict[str, Path]) -> str:
    """What a matter depends on besides: its own text, and for one that puts others together the texts of all."""
    text = path.read_bytes()
    digest = sha256(shared.encode())
    digest.update(path.as_posix().encode())
    digest.update(text)
    if b"together" in text:
        for other in sorted(all_paths.values()):
            digest.update(other.read_bytes())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _program() -> bytes:
    engine = Path(__file__).resolve().parents[1]
    programs = [path for folder in ("matters", "rules", "model") for path in sorted((engine / folder).rglob("*.py"))]
    return b"\0".join(path.read_bytes() for path in programs)
