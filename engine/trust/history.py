"""The sealed history: entries numbered and linked in batches, each batch under one signed checkpoint.

An entry names what happened, where and by whom, and commits to its content by a keyed tag under a salt of its own, so
that nobody who reads the table can guess personal data from a digest. The key of one entry's tag can be disclosed with
the entry (`entry_key`), so that a bundle can be checked by anyone. Entry → leaf → Merkle root of its batch → signed
checkpoint → checkpoint before it; the chain of links runs through all entries besides (RFC 6962 shape, see `chain`).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from engine.trust import chain, sm2
from engine.trust.canonical import canonical
from engine.trust.keys import Signer
from engine.trust.sm3 import hmac_sm3, sm3_hex

_ENTRY, _CHECKPOINT = "zhunyu:entry:1", "zhunyu:checkpoint:1"
_LINK = re.compile(r"[0-9a-f]{64}", re.ASCII)
NONE_BEFORE = ""  # what the first checkpoint names as the digest of the one before


class Entry(msgspec.Struct, frozen=True):
    """One line of the history.

    `trail` is what it is about ("case:<id>", "account:<id>" …), `counter` counts within the trail from 1 without a gap,
    `at` is ISO 8601, `what` names the kind in words; `salt` and `tag` are hexadecimal. `number` counts over the whole
    history from 1; 0 while the entry is not sealed.
    """

    id: str
    trail: str
    counter: int
    at: str
    actor: str
    what: str
    salt: str
    tag: str
    number: int = 0

    def content(self) -> bytes:
        """The bytes that leaf and link are made of."""
        return msgspec.json.encode(
            (_ENTRY, self.number, self.id, self.trail, self.counter, self.at, self.actor, self.what, self.salt,
             self.tag)
        )  # fmt: skip


class Linked(msgspec.Struct, frozen=True):
    """A sealed entry with the chain value after it (hexadecimal, as kept: it may be anything)."""

    entry: Entry
    link: str


class Checkpoint(msgspec.Struct, frozen=True):
    """The signed statement over one batch: entries `first` to `last`, the chain value after the last, the Merkle root
    over the batch's leaves, and the digest of the checkpoint before. Digests are hexadecimal, `signature` is Base64."""

    batch: int
    first: int
    last: int
    link: str
    root: str
    previous: str
    at: str
    key: str
    signature: str = ""

    def content(self) -> bytes:
        """The bytes that are signed and whose digest the next checkpoint names."""
        return canonical(
            {"kind": _CHECKPOINT, "batch": self.batch, "first": self.first, "last": self.last, "link": self.link,
             "root": self.root, "previous": self.previous, "at": self.at, "key": self.key}
        )  # fmt: skip

    def digest(self) -> str:
        """SM3 of the content."""
        return sm3_hex(self.content())


def entry_key(tag_key: bytes, salt: bytes) -> bytes:
    """The key of one entry's tag; disclosing it says nothing of any other entry's."""
    return hmac_sm3(tag_key, salt)


def entry_tag(key: bytes, content: bytes) -> bytes:
    """The tag of an entry's content under the entry's own key."""
    return hmac_sm3(key, content)


def seal_batch(
    before: Checkpoint | None, entries: Sequence[Entry], at: str, signer: Signer
) -> tuple[tuple[Linked, ...], Checkpoint]:
    """Number and link unsealed entries after the last checkpoint, and sign for them; ValueError when there are none."""
    if not entries:
        raise ValueError("a batch has at least one entry")
    last, value = (before.last, bytes.fromhex(before.link)) if before else (0, chain.GENESIS)
    linked: list[Linked] = []
    leaves: list[bytes] = []
    for number, entry in enumerate(entries, last + 1):
        numbered = msgspec.structs.replace(entry, number=number)
        content = numbered.content()
        value = chain.link(value, content)
        leaves.append(chain.leaf(content))
        linked.append(Linked(numbered, value.hex()))
    bare = Checkpoint(
        batch=before.batch + 1 if before else 1, first=last + 1, last=last + len(linked), link=value.hex(),
        root=chain.merkle_root(leaves).hex(), previous=before.digest() if before else NONE_BEFORE, at=at,
        key=signer.key_id,
    )  # fmt: skip
    signature = base64.b64encode(signer.sign(bare.content())).decode("ascii")
    return tuple(linked), msgspec.structs.replace(bare, signature=signature)


def signed(checkpoint: Checkpoint, trusted: Mapping[str, sm2.PublicKey]) -> bool:
    """Whether the checkpoint bears a signature of a trusted key."""
    return verified(trusted.get(checkpoint.key), checkpoint.content(), checkpoint.signature)


def verified(public: sm2.PublicKey | None, content: bytes, signature: str) -> bool:
    """Whether a Base64 signature over the content is that of a key; no key has signed nothing."""
    try:
        raw = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    strict = base64.b64encode(raw).decode("ascii") == signature  # Base64 has unused bits to play with
    return public is not None and strict and sm2.verify(public, content, raw)


class Fault(msgspec.Struct, frozen=True):
    """Something that was done to the history: `kind` 改动 缺失 重复 次序 截断 签名 计数 内容, the entry's number or
    the batch where it shows (0 = nowhere in particular), and a sentence."""

    kind: str
    number: int
    text: str


def faults_of_batch(
    before: Checkpoint | None, checkpoint: Checkpoint, linked: Sequence[Linked], trusted: Mapping[str, sm2.PublicKey]
) -> Iterator[Fault]:
    """All that is wrong with one batch: its entries against its checkpoint, its links, its signature."""
    contents = [one.entry.content() for one in linked]
    yield from broken_batch(before, checkpoint, linked, contents)
    yield from broken_links(before, linked, contents)
    if not signed(checkpoint, trusted):
        yield Fault("签名", checkpoint.first, f"第 {checkpoint.batch} 批的检查点没有可信的签名。")


def broken_links(
    after: Checkpoint | None, linked: Iterable[Linked], contents: Iterable[bytes] | None = None
) -> Iterator[Fault]:
    """Faults of a run of entries in the order of their numbers, from the one after a checkpoint that is believed.

    After an alteration the chain goes on from the value that is kept, so that one fault is told once. `contents` are
    those of the entries, where the caller has them already.
    """
    number, value = (after.last, _kept(after.link) or chain.GENESIS) if after else (0, chain.GENESIS)
    if contents is None:
        linked = list(linked)
        contents = (one.entry.content() for one in linked)
    for one, content in zip(linked, contents, strict=True):
        number += 1
        found = one.entry.number
        if found != number:
            kind, words = ("缺失", "没有了") if found > number else ("重复", "出现了不止一次，或次序不对")
            told = number if found > number else found
            until = f" 至 {found - 1} 号" if found > number + 1 else ""
            yield Fault(kind, told, f"{told} 号{until}条目{words}。")
            number, value = found, _kept(one.link) or value
            continue
        expected = chain.link(value, content)
        if expected.hex() != one.link:
            yield Fault("改动", found, f"{found} 号条目或它的链值被改动过。")
        value = _kept(one.link) or expected


def _kept(link: str) -> bytes | None:
    """The bytes of a chain value as kept; None when it is no chain value at all."""
    return bytes.fromhex(link) if _LINK.fullmatch(link) else None


def broken_batch(
    before: Checkpoint | None, checkpoint: Checkpoint, linked: Sequence[Linked], contents: Sequence[bytes] | None = None
) -> Iterator[Fault]:
    """Faults between one checkpoint and the entries it speaks for; `contents` as in `broken_links`."""
    batch = checkpoint.batch
    first, previous = (before.last + 1, before.digest()) if before else (1, NONE_BEFORE)
    if checkpoint.previous != previous or checkpoint.batch != (before.batch + 1 if before else 1):
        yield Fault("次序", checkpoint.first, f"第 {batch} 批的检查点接不上前一批。")
    if checkpoint.first != first:
        yield Fault("缺失", checkpoint.first, f"第 {batch} 批不是从 {first} 号开始。")
    if [one.entry.number for one in linked] != list(range(checkpoint.first, checkpoint.last + 1)):
        words = f"第 {batch} 批应有 {checkpoint.first} 至 {checkpoint.last} 号条目，现不齐。"
        yield Fault("缺失", checkpoint.first, words)
    elif _root(linked, contents) != checkpoint.root:
        yield Fault("改动", checkpoint.first, f"第 {batch} 批的条目与检查点的根不符。")
    elif linked[-1].link != checkpoint.link:
        yield Fault("改动", checkpoint.last, f"第 {batch} 批的链值与检查点不符。")


def _root(linked: Sequence[Linked], contents: Sequence[bytes] | None) -> str:
    made = contents if contents is not None else [one.entry.content() for one in linked]
    return chain.merkle_root([chain.leaf(one) for one in made]).hex()


def broken_counters(entries: Iterable[tuple[str, int]], last: Mapping[str, int] | None = None) -> Iterator[Fault]:
    """Faults of the counters of each trail, given as (trail, counter) in any order.

    `last` gives the counter some trails must have reached (a case's own version): what was deleted before it was sealed
    shows here.
    """
    seen: dict[str, set[int]] = {}
    for trail, counter in entries:
        counters = seen.setdefault(trail, set())
        if counter in counters:
            yield Fault("重复", 0, f"{trail} 的第 {counter} 条出现了不止一次。")
        counters.add(counter)
    for trail in sorted(seen.keys() | (last or {}).keys()):
        counters = seen.get(trail, set())
        until = max((*counters, (last or {}).get(trail, 0)))
        missing = [one for one in range(1, until + 1) if one not in counters]
        if missing:
            told = "、".join(map(str, missing[:5])) + (" …" if len(missing) > 5 else "")
            yield Fault("计数", 0, f"{trail} 少了第 {told} 条。")
        beyond = max(counters, default=0)
        if last is not None and trail in last and beyond > last[trail]:
            yield Fault("计数", 0, f"{trail} 只应有 {last[trail]} 条，多出了第 {beyond} 条。")


def disagreements(ours: Mapping[int, Checkpoint], theirs: Iterable[Checkpoint]) -> Iterator[Fault]:
    """Faults that show against the checkpoints a second custodian keeps: what was cut off or made anew."""
    for one in theirs:
        kept = ours.get(one.batch)
        if kept is None:
            yield Fault("截断", one.first, f"第 {one.batch} 批（{one.first} 至 {one.last} 号）另存处有，这里没有。")
        elif kept.digest() != one.digest():
            yield Fault("改动", one.first, f"第 {one.batch} 批的检查点与另存处的不同。")
