"""Where the guard keeps its state and counters, what is frozen, and the seeds of the draw."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import msgspec

from engine.model.guard import Freeze, Reading


class GuardState(msgspec.Struct, frozen=True):
    """The guard of a matter. `state`: armed | tripped. `cause` and `words` say why it tripped at `at`, in case `case`.

    `armed_by` (a name), `armed_at` and `reason` tell of the last arming.
    """

    matter: str
    epoch: int = 1
    state: str = "armed"
    cause: str = ""
    words: str = ""
    at: str = ""
    case: str = ""
    armed_by: str = ""
    armed_at: str = ""
    reason: str = ""
    revision: int = 0


class FreezeLine(msgspec.Struct, frozen=True):
    """A freeze with who ordered and who lifted it; `lifted_at` "" while it holds."""

    freeze: Freeze
    at: str
    by: str
    lifted_at: str = ""
    lifted_by: str = ""
    lifted_reason: str = ""


class Seed(msgspec.Struct, frozen=True):
    """The seed of a day's draw: its digest from the start, `revealed_at` "" while the day lasts."""

    day: str
    seed: bytes
    digest: str
    made_at: str
    revealed_at: str = ""


class GuardStore(Protocol):
    """The safeguards of instant approval. Counters are rows by matter, arming and period: cases are never scanned."""

    def reading(self, matter: str, now: datetime) -> Reading:
        """What the guard of a matter reads at an instant."""
        ...

    def hold(self, matter: str) -> int:
        """The revision, which nobody changes until this transaction ends."""
        ...

    def count(
        self, matter: str, epoch: int, now: datetime, *, instant: bool, unknown: bool, hourly: int | None
    ) -> bool:
        """Count a filing; False, with nothing counted, when it is an instant one beyond `hourly`."""
        ...

    def trip(self, matter: str, epoch: int, *, cause: str, words: str, at: str, case: str) -> bool:
        """Trip the guard; False when it is not armed under this epoch (another filing was first)."""
        ...

    def arm(self, matter: str, epoch: int, *, by: str, reason: str, at: str) -> bool:
        """Arm a tripped guard again, with fresh counters; False when it is not tripped under this epoch."""
        ...

    def states(self, tripped: bool = False) -> tuple[GuardState, ...]:
        """The guards that ever moved, by matter; or those tripped."""
        ...

    def freeze(self, freeze: Freeze, *, at: str, by: str) -> bool:
        """Freeze a basis at once; False when it is frozen already."""
        ...

    def lift(self, freeze: str, *, at: str, by: str, reason: str) -> bool:
        """Lift a freeze; False when it does not hold."""
        ...

    def freezes(self, holding: bool = True, limit: int = 100) -> tuple[FreezeLine, ...]:
        """Freezes newest first: those that hold, or all."""
        ...

    def seed(self, day: str) -> Seed | None:
        """The seed of a day."""
        ...

    def keep_seed(self, seed: Seed) -> bool:
        """Keep a new day's seed, sealed; False when the day has one."""
        ...

    def reveal(self, before: str, at: str) -> tuple[Seed, ...]:
        """Mark the seeds of earlier days as revealed; those that were not yet."""
        ...

    def seeds(self, limit: int = 40) -> tuple[Seed, ...]:
        """Seeds newest first."""
        ...
