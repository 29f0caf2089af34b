"""The archive as one: its services, and which of them carries out which effect."""

from __future__ import annotations

import msgspec

from engine.ports.effects import Job
from engine.services.archive_basis import BasisFiles
from engine.services.archive_checking import ArchiveChecking
from engine.services.archive_destroying import ArchiveDestroying
from engine.services.archive_keeping import ArchiveKeeping
from engine.services.archive_transferring import ArchiveTransferring
from engine.services.archiving import CHECK, ERASE, MAKE, SEND, Archiving


class ArchiveOffice(msgspec.Struct, frozen=True, kw_only=True):
    """What admin, commands and the effects process call."""

    archiving: Archiving
    keeping: ArchiveKeeping
    checking: ArchiveChecking
    transferring: ArchiveTransferring
    destroying: ArchiveDestroying
    basis: BasisFiles

    def run(self, job: Job) -> str:
        """The effect `archive`; each may be repeated. "" when done, else why to try again."""
        if job.to == MAKE:
            self.archiving.make(job.case)
        elif job.to == CHECK:
            self.checking.check(str(job.body["archive"]))
        elif job.to == SEND:
            return self.transferring.send(job)
        elif job.to == ERASE:
            return self.destroying.erase(job)
        return ""

    def give_up(self, job: Job, reason: str) -> None:
        """A job is buried: what it was to do stays undone, and a transfer may be ordered again."""
        if job.to == SEND:
            self.transferring.give_up(job, reason)
