"""What was proved of a matter, kept beside the data until the matter, its parameters or the prover change.

One small JSON file per matter, written aside and put in place. A file that cannot be read or written counts as absent:
the proof is then simply done again.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import msgspec

from engine.decoding import decoded
from engine.matters.aside import keep_aside
from engine.matters.reference import Reference
from engine.model.matter import Matter
from engine.services.proving import Finding


class _Kept(msgspec.Struct, frozen=True):
    key: str
    findings: tuple[Finding, ...]


def key_of(matter: Matter, reference: Reference, day: date) -> str:
    """What a proof depends on: the matter, its certificate's type, parameters in force on the day, calendar, prover."""
    kind = reference.certificates.get(matter.acts_on.type) if matter.acts_on is not None else None
    in_force = [
        (one.id, max((entry.since for entry in one.entries if entry.since <= day.isoformat()), default=""))
        for one in matter.parameters
    ]
    asked = [matter.hash, _prover(), version("z3-solver"), in_force, kind, reference.calendar]
    known = msgspec.json.encode(asked, order="sorted")
    return sha256(known).hexdigest()


@lru_cache(maxsize=1)
def _prover() -> str:
    """What the prover is: its own program text and that of the rules and stages it speaks of."""
    engine = Path(__file__).resolve().parents[1]
    programs = [engine / "services" / "proving.py"]
    for folder in ("rules", "stages", "pipeline"):
        programs += sorted((engine / folder).rglob("*.py"))
    return sha256(b"\0".join(path.read_bytes() for path in programs)).hexdigest()


class ProofCache:
    """The proofs kept in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, matter: Matter, key: str) -> tuple[Finding, ...] | None:
        """What was found of the matter under this key; None when that is not known."""
        try:
            kept = decoded(self._file(matter).read_bytes(), _Kept)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        return kept.findings if kept.key == key else None

    def put(self, matter: Matter, key: str, findings: tuple[Finding, ...]) -> None:
        """Keep what was found; questions that found no answer in time are asked again next time."""
        if any(one.code == "P191" for one in findings):
            return
        bare = tuple(msgspec.structs.replace(one, test=None) for one in findings)
        keep_aside(self._file(matter), msgspec.json.encode(_Kept(key, bare)))

    def _file(self, matter: Matter) -> Path:
        return self._folder / f"{matter.id}.json"
