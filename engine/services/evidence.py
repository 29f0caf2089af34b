"""The evidence of a case as a file: its entries with what they commit to, proofs, checkpoints and signed acts."""

from __future__ import annotations

import base64
from typing import Protocol

from engine.ports.history import StoredEntry
from engine.ports.store import Transaction
from engine.services.committed import CASE, contents_of
from engine.trust.bundle import FORMAT, Bundle, BundledAct, item, sign_bundle, write_bundle
from engine.trust.history import Checkpoint, Linked
from engine.trust.keys import Signer


class EvidenceKeys(Protocol):
    """The keys of the history, as far as a bundle needs them."""

    def signer(self) -> Signer:
        """Who signs checkpoints and bundles now."""
        ...

    def entry_key(self, salt: bytes) -> bytes:
        """The key of one entry's tag, which a bundle discloses."""
        ...


def bundle_of(tx: Transaction, case: str, keys: EvidenceKeys, at: str) -> bytes:
    """The signed bundle (see `engine.trust.bundle`) of a case that was just verified, made at the ISO instant `at`."""
    loaded = tx.cases.load(case)
    assert loaded is not None  # verified just now, and cases are never deleted
    about = {
        "number": loaded.number, "title": loaded.matter_title, "matter": loaded.matter, "version": loaded.matter_hash
    }  # fmt: skip
    entries, told = tx.history.of_trail(CASE + case), contents_of(tx, case)
    acts, certificates = _acts_of(tx, case)
    batches = batches_of(tx, entries)
    items = []
    for checkpoint, linked in batches:
        own = [one.entry for one in entries if checkpoint.first <= one.entry.number <= checkpoint.last]
        for entry in own:
            key = keys.entry_key(bytes.fromhex(entry.salt))
            items.append(item(entry, told[entry.counter], key, checkpoint, linked))
    signer, signs = keys.signer(), tuple(one for one, _ in batches)
    made = Bundle(FORMAT, at, CASE + case, about, tuple(items), signs, signer.key_id, "", acts, certificates)
    return write_bundle(sign_bundle(made, signer))


def batches_of(
    tx: Transaction, entries: tuple[StoredEntry, ...]
) -> tuple[tuple[Checkpoint, tuple[Linked, ...]], ...]:
    """The checkpoints over some entries, each with all entries of its batch."""
    numbers = sorted(one.entry.number for one in entries if one.entry.number)
    found: list[tuple[Checkpoint, tuple[Linked, ...]]] = []
    for number in numbers:
        if found and number <= found[-1][0].last:
            continue
        checkpoint = tx.history.covering(number)
        if checkpoint is None:
            continue
        found.append((checkpoint, tx.history.between(checkpoint.first, checkpoint.last)))
    return tuple(found)


def _acts_of(tx: Transaction, case: str) -> tuple[tuple[BundledAct, ...], tuple[str, ...]]:
    """The signed acts of a case as a bundle holds them, and the certificates (Base64) they were signed under."""
    acts = []
    ders: dict[str, bytes] = {}
    for one in tx.signing.acts(case):
        kept = tx.signing.certificate(one.certificate)
        assert one.act is not None and kept is not None  # verified just now
        acts.append(BundledAct(one.version, one.act.statement.content_bytes().decode("utf-8"), one.act.signature))
        ders[kept.id] = kept.der
    return tuple(acts), tuple(base64.b64encode(der).decode("ascii") for der in ders.values())
