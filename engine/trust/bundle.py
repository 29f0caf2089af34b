"""The evidence of one case as a file that anyone can check with public keys alone.

It holds every entry of the case's history with its content, the entry's own tag key, and the path of hashes that leads
from the entry to the signed checkpoint over its batch. The stand-alone checker is `tools/verify_bundle.py`.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from engine.decoding import decoded
from engine.errors import ZhunyuError
from engine.trust import chain, sm2
from engine.trust.acts import FIRST, SignedAct, act_fault, read_statement
from engine.trust.canonical import canonical
from engine.trust.history import (
    Checkpoint,
    Entry,
    Fault,
    Linked,
    broken_counters,
    entry_tag,
    signed,
    verified,
)
from engine.trust.keys import Signer
from engine.trust.pki.certificate import read_certificate

FORMAT = "zhunyu:bundle:1"
_LARGEST = 64 * 1024 * 1024


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry: its `content` (canonical JSON text) and tag `key` (hex), and where in its batch it stands: `place`
    from 0 of `size` leaves, with the hashes (hex) from the leaf to the root."""

    entry: Entry
    content: str
    key: str
    batch: int
    place: int
    size: int
    path: tuple[str, ...]


class BundledAct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A signed act: the case version whose commit it belongs to, its statement (canonical JSON text) and signature."""

    version: int
    statement: str
    signature: str


class Bundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The whole file. `about` names the case for a reader. The key that signs the history signs the whole, too.

    `acts` are the signed acts in their order, `certificates` (Base64 of DER) those they were signed under.
    """

    format: str
    made_at: str
    trail: str
    about: dict[str, str]
    entries: tuple[Item, ...]
    checkpoints: tuple[Checkpoint, ...]
    key: str
    signature: str = ""
    acts: tuple[BundledAct, ...] = ()
    certificates: tuple[str, ...] = ()

    def content(self) -> bytes:
        """The bytes that are signed: everything but the signature."""
        return canonical({name: value for name, value in msgspec.to_builtins(self).items() if name != "signature"})


def item(entry: Entry, content: bytes, key: bytes, checkpoint: Checkpoint, batch: Sequence[Linked]) -> Item:
    """The item of an entry, from all entries of its batch."""
    place = entry.number - checkpoint.first
    path = chain.inclusion_proof([chain.leaf(one.entry.content()) for one in batch], place)
    return Item(
        entry=entry, content=content.decode("utf-8"), key=key.hex(), batch=checkpoint.batch, place=place,
        size=len(batch), path=tuple(one.hex() for one in path),
    )  # fmt: skip


def sign_bundle(bundle: Bundle, signer: Signer) -> Bundle:
    """The bundle with its signature; its `key` must be the signer's."""
    signature = base64.b64encode(signer.sign(bundle.content())).decode("ascii")
    return msgspec.structs.replace(bundle, signature=signature)


def write_bundle(bundle: Bundle) -> bytes:
    """The file."""
    return canonical(msgspec.to_builtins(bundle)) + b"\n"


def read_bundle(data: bytes) -> Bundle:
    """The bundle of a file; ZhunyuError K001 for anything else."""
    try:
        if len(data) > _LARGEST:
            raise ValueError("larger than any bundle")
        bundle = decoded(data, Bundle)
        if bundle.format != FORMAT or write_bundle(bundle) != data:
            raise ValueError("not written by us")
    except (ValueError, RecursionError) as error:
        raise ZhunyuError("K001", "不是办件存证包，或文件已损坏。", "请用 zhunyu audit bundle 重新导出。") from error
    return bundle


def faults_of(bundle: Bundle, trusted: Mapping[str, sm2.PublicKey]) -> Iterator[Fault]:
    """What is wrong with a bundle; nothing when every entry stands in a batch that a trusted key signed for."""
    if not verified(trusted.get(bundle.key), bundle.content(), bundle.signature):
        yield Fault("签名", 0, "存证包没有可信的签名。")
    by_batch = {one.batch: one for one in bundle.checkpoints}
    if not bundle.entries:
        yield Fault("缺失", 0, "存证包里没有条目。")
    for checkpoint in bundle.checkpoints:
        if not signed(checkpoint, trusted):
            yield Fault("签名", checkpoint.first, f"第 {checkpoint.batch} 批的检查点没有可信的签名。")
    yield from broken_counters((one.entry.trail, one.entry.counter) for one in bundle.entries)
    yield from _act_faults(bundle)
    for one in bundle.entries:
        if one.entry.trail != bundle.trail:
            yield Fault("次序", one.entry.number, f"{one.entry.number} 号条目不属于这一办件。")
        found = by_batch.get(one.batch)
        if found is None or not _within(one, found):
            yield Fault("改动", one.entry.number, f"{one.entry.number} 号条目不在第 {one.batch} 批的检查点之下。")
        if not _committed(one):
            yield Fault("内容", one.entry.number, f"{one.entry.number} 号条目的内容被改动过。")


def acts_of(bundle: Bundle) -> tuple[SignedAct, ...]:
    """The signed acts of a bundle; ZhunyuError K008 for one that is none."""
    return tuple(SignedAct(read_statement(one.statement.encode("utf-8")), one.signature) for one in bundle.acts)


def _act_faults(bundle: Bundle) -> Iterator[Fault]:
    """Whether every act is one the history committed to, in its place, under a certificate that is there."""
    try:
        committed = {
            (one.entry.counter, str(act["digest"]), str(act["certificate"]))
            for one in bundle.entries
            for act in _told(one).get("acts", ())
        }
        certificates = {one.id: one for one in map(read_certificate, map(base64.b64decode, bundle.certificates))}
        acts = acts_of(bundle)
    except (ZhunyuError, ValueError, TypeError, KeyError):
        yield Fault("签名", 0, "存证包里的签名或证书已损坏。")
        return
    previous = FIRST
    for kept, act in zip(bundle.acts, acts, strict=True):
        said, digest = act.statement, act.digest
        certificate = certificates.get(said.certificate)
        if (kept.version, digest, said.certificate) not in committed or said.previous != previous:
            yield Fault("签名", 0, f"“{said.act}”的签名不在历史里，或次序不对。")
        elif certificate is None or act_fault(act, certificate.public):
            yield Fault("签名", 0, f"“{said.act}”的签名与内容或证书不符。")
        previous = digest
    if len(acts) != len(committed):
        yield Fault("缺失", 0, "历史里的签名没有全部在存证包里。")


def _told(item: Item) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(item.content)
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _within(item: Item, checkpoint: Checkpoint) -> bool:
    size = checkpoint.last - checkpoint.first + 1
    if item.size != size or item.entry.number != checkpoint.first + item.place:
        return False
    try:
        path, root = [bytes.fromhex(one) for one in item.path], bytes.fromhex(checkpoint.root)
    except ValueError:
        return False
    return chain.verify_inclusion(chain.leaf(item.entry.content()), item.place, size, path, root)


def _committed(item: Item) -> bool:
    try:
        key = bytes.fromhex(item.key)
    except ValueError:
        return False
    return entry_tag(key, item.content.encode("utf-8")).hex() == item.entry.tag
