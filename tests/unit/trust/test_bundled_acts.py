"""The signed acts in a bundle: each as the history committed to it, under the key of its certificate, in its order."""

from __future__ import annotations

import base64
import json
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.trust.acts import FIRST, SignedAct, Statement, sign_act
from engine.trust.bundle import FORMAT, Bundle, BundledAct, faults_of, item, read_bundle, sign_bundle, write_bundle
from engine.trust.canonical import canonical
from engine.trust.history import Entry, entry_key, entry_tag, seal_batch
from engine.trust.keys import KeyRing, write_trusted
from engine.trust.sm2 import sign
from tests.unit.trust.pki_world import Authority

SCRIPT = Path(__file__).resolve().parents[3] / "tools" / "verify_bundle.py"
LEAF, KEY = Authority().issue_with_key()


def act(word: str, previous: str) -> SignedAct:
    said = Statement(
        role="officer", act=word, case="C", number="N", matter="m" * 64, version=1, content={"opinion": word},
        materials={}, previous=previous, signer="A", signer_name="黄窗示", certificate=LEAF.id,
        serial=LEAF.serial_text, at="2026-05-04T08:00:00+08:00", nonce=secrets.token_hex(16),
    )  # fmt: skip
    return sign_act(said, lambda message: sign(KEY, message))


def bundle(ring: KeyRing, change: Any = None) -> Bundle:
    """A bundle of two commits with an act each; `change` alters the parts before the whole is signed."""
    first = act("受理", FIRST)
    acts = [first, act("准予", first.digest)]
    entries, keys, told = [], [], []
    for counter, one in enumerate(acts, 1):
        content = canonical({"acts": [{"digest": one.digest, "certificate": LEAF.id}], "version": counter})
        salt = secrets.token_bytes(16)
        key = entry_key(b"k" * 32, salt)
        tag = entry_tag(key, content).hex()
        entries.append(Entry(f"E{counter}", "case:C", counter, "2026", "A", "x", salt.hex(), tag))
        keys.append(key)
        told.append(content)
    linked, checkpoint = seal_batch(None, entries, "2026", ring.signer("audit"))
    items = tuple(
        item(one.entry, content, key, checkpoint, linked) for one, content, key in zip(linked, told, keys, strict=True)
    )
    kept = [
        BundledAct(version, one.statement.content_bytes().decode(), one.signature)
        for version, one in enumerate(acts, 1)
    ]
    certificates = [base64.b64encode(LEAF.der).decode()]
    if change is not None:
        change(kept, certificates)
    signer = ring.signer("audit")
    made = Bundle(
        FORMAT, "2026", "case:C", {"number": "N"}, items, (checkpoint,), signer.key_id, "", tuple(kept),
        tuple(certificates),
    )  # fmt: skip
    return sign_bundle(made, signer)


def swap_opinion(acts: list[BundledAct], _: list[str]) -> None:
    swapped = acts[0].statement.replace('"opinion":"受理"', '"opinion":"不予"')
    acts[0] = msgspec.structs.replace(acts[0], statement=swapped)


def other_signature(acts: list[BundledAct], _: list[str]) -> None:
    acts[0] = msgspec.structs.replace(acts[0], signature=acts[1].signature)


def other_certificate(_: list[BundledAct], certificates: list[str]) -> None:
    certificates[0] = base64.b64encode(Authority().issue().der).decode()


CHANGES = {
    "an opinion swapped": swap_opinion,
    "a signature of another act": other_signature,
    "another certificate": other_certificate,
    "an act left out": lambda acts, _: acts.pop(),
    "acts in another order": lambda acts, _: acts.reverse(),
    "an act twice": lambda acts, _: acts.append(acts[-1]),
    "no certificate": lambda _, certificates: certificates.clear(),
}


def script(made: Bundle, ring: KeyRing, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "b.json").write_bytes(write_bundle(made))
    (folder / "t.json").write_text(write_trusted(ring.trusted("audit")), encoding="utf-8")
    command = [sys.executable, str(SCRIPT), str(folder / "b.json"), str(folder / "t.json")]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_a_bundle_with_signed_acts_is_believed_by_both_checkers(ring: KeyRing, tmp_path: Path) -> None:
    made = bundle(ring)
    assert list(faults_of(read_bundle(write_bundle(made)), ring.trusted("audit"))) == []
    said = script(made, ring, tmp_path)
    assert (said.returncode, "2 个签名" in said.stdout) == (0, True)


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_what_was_done_to_the_acts_is_found(ring: KeyRing, change: Any) -> None:
    assert [one for one in faults_of(bundle(ring, change), ring.trusted("audit")) if one.kind in ("签名", "缺失")]


def test_the_stand_alone_checker_finds_it_too(ring: KeyRing, tmp_path: Path) -> None:
    for change in (swap_opinion, other_certificate):
        assert script(bundle(ring, change), ring, tmp_path).returncode == 1


def test_a_bundle_without_acts_is_written_as_before(ring: KeyRing) -> None:
    made = msgspec.structs.replace(bundle(ring), acts=(), certificates=())
    assert not {"acts", "certificates"} & json.loads(write_bundle(made)).keys()
    assert read_bundle(write_bundle(made)) == made
