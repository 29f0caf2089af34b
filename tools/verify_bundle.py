#!/usr/bin/env python3
"""Check a case's evidence bundle without the product: python verify_bundle.py BUNDLE AUDIT_TRUSTED_JSON

Needs Python 3.9+ and gmssl (pip install gmssl), nothing else. Everything is computed here from the published rules:
leaf = SM3(00 || entry), node = SM3(01 || left || right), tag = HMAC-SM3(entry key, content), checkpoint signed with SM2
(GB/T 32918.2, default signer id) over its canonical JSON. Signed acts are checked against the history, their chain and
the keys of their certificates; who issued those is for `openssl verify` with the roots one trusts.
Exit code 0: nothing was altered; 1: something was.
"""

import base64
import json
import sys

from gmssl import sm2
from gmssl import sm3 as gm

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = 0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7, \
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0  # fmt: skip
ENTRY = ("id", "trail", "counter", "at", "actor", "what", "salt", "tag")
CHECKPOINT = ("batch", "first", "last", "link", "root", "previous", "at", "key")


def sm3(data):
    return bytes.fromhex(gm.sm3_hash(list(data)))


def hmac_sm3(key, data):
    key = (sm3(key) if len(key) > 64 else key).ljust(64, b"\0")
    return sm3(bytes(b ^ 0x5C for b in key) + sm3(bytes(b ^ 0x36 for b in key) + data))


def text(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode("utf-8")


def integer(der):
    """One strictly encoded positive DER INTEGER, and the rest."""
    if len(der) < 3 or der[0] != 2 or der[1] > 33 or len(der) < 2 + der[1] or der[1] == 0:
        raise ValueError("signature")
    body = der[2 : 2 + der[1]]
    if body[0] & 0x80 or (len(body) > 1 and body[0] == 0 and not body[1] & 0x80):
        raise ValueError("signature")
    return int.from_bytes(body, "big"), der[2 + der[1] :]


def verified(point, message, signature):
    """Whether a strict DER signature over the message is that of the public point (04 || x || y, hexadecimal)."""
    try:
        raw, der = bytes.fromhex(point), base64.b64decode(signature, validate=True)
        if base64.b64encode(der).decode() != signature:  # Base64 has unused bits to play with
            return False
        if len(raw) != 65 or raw[0] != 4 or len(der) < 8 or der[0] != 0x30 or der[1] != len(der) - 2:
            return False
        x, y = int.from_bytes(raw[1:33], "big"), int.from_bytes(raw[33:], "big")
        r, rest = integer(der[2:])
        s, rest = integer(rest)
    except ValueError:
        return False
    on_curve = x < P and y < P and (y * y - (x * x * x + A * x + B)) % P == 0
    if rest or not on_curve or not (0 < r < N and 0 < s < N) or (r + s) % N == 0:
        return False
    signer = b"1234567812345678"
    numbers = b"".join(one.to_bytes(32, "big") for one in (A, B, *G))
    identity = sm3((len(signer) * 8).to_bytes(2, "big") + signer + numbers + raw[1:])
    checker = sm2.CryptSM2(private_key="", public_key="")
    checker.public_key = raw[1:].hex()  # the constructor strips leading 0s and 4s
    try:
        return bool(checker.verify(f"{r:064x}{s:064x}", sm3(identity + message)))
    except TypeError:
        return False


def root_of(leaf, place, size, path):
    """The Merkle root a leaf's path leads to (RFC 9162 2.1.3.2); None when the path does not fit."""
    value, last = leaf, size - 1
    for step in path:
        beside = bytes.fromhex(step)
        if last == 0:
            return None
        if place % 2 or place == last:
            value = sm3(b"\x01" + beside + value)
            while place % 2 == 0 and place:
                place, last = place // 2, last // 2
        else:
            value = sm3(b"\x01" + value + beside)
        place, last = place // 2, last // 2
    return value if last == 0 else None


def point_of(der):
    """The SM2 public point (hexadecimal) of an X.509 certificate: the only one of its form there may be."""
    mark = bytes.fromhex("301306072a8648ce3d020106082a811ccf5501822d034200")
    parts = der.split(mark)
    return parts[1][:65].hex() if len(parts) == 2 else ""


def act_faults(bundle):
    """What is wrong with the signed acts: each must be one the history committed to, in its place."""
    committed = set()
    for one in bundle["entries"]:
        told = json.loads(one["content"])
        for act in told.get("acts", ()):
            committed.add((one["entry"]["counter"], act["digest"], act["certificate"]))
    ders = [base64.b64decode(one) for one in bundle.get("certificates", ())]
    points = {sm3(der).hex(): point_of(der) for der in ders}
    previous, found = "0" * 64, set()
    for act in bundle.get("acts", ()):
        said, message = json.loads(act["statement"]), b"zhunyu:act:v1\0" + act["statement"].encode("utf-8")
        digest = sm3(message).hex()
        found.add((act["version"], digest, said["certificate"]))
        if said["previous"] != previous or not verified(points.get(said["certificate"], ""), message, act["signature"]):
            yield f"“{said['act']}”的签名无效，或次序不对。"
        previous = digest
    if found != committed:
        yield "签名与历史里登记的不一致。"


def faults(bundle, trusted):
    """Everything that is wrong with the bundle, in words."""
    if bundle.get("format") != "zhunyu:bundle:1" or not bundle["entries"]:
        yield "不是办件存证包，或没有条目。"
    message = text({name: value for name, value in bundle.items() if name != "signature"})
    if not verified(trusted.get(bundle["key"], ""), message, bundle["signature"]):
        yield "存证包没有可信的签名。"
    checkpoints = {}
    for one in bundle["checkpoints"]:
        message = text(dict({name: one[name] for name in CHECKPOINT}, kind="zhunyu:checkpoint:1"))
        if not verified(trusted.get(one["key"], ""), message, one["signature"]):
            yield f"第 {one['batch']} 批的检查点没有可信的签名。"
        checkpoints[one["batch"]] = one
    counters = []
    for one in bundle["entries"]:
        entry, number = one["entry"], one["entry"]["number"]
        if entry["trail"] != bundle["trail"]:
            yield f"{number} 号条目不属于这一办件。"
        counters.append(entry["counter"])
        batch = checkpoints.get(one["batch"])
        fits = batch is not None and (one["size"], number) == (
            batch["last"] - batch["first"] + 1, batch["first"] + one["place"]
        ) and 0 <= one["place"] < one["size"]  # fmt: skip
        leaf = sm3(b"\x00" + text(["zhunyu:entry:1", number] + [entry[name] for name in ENTRY]))
        root = root_of(leaf, one["place"], one["size"], one["path"]) if fits else None
        if root is None or root.hex() != batch["root"]:
            yield f"{number} 号条目不在第 {one['batch']} 批的检查点之下。"
        if hmac_sm3(bytes.fromhex(one["key"]), one["content"].encode("utf-8")).hex() != entry["tag"]:
            yield f"{number} 号条目的内容被改动过。"
    yield from act_faults(bundle)
    if sorted(counters) != list(range(1, len(counters) + 1)):
        yield "条目不齐，或有重复。"


def main(arguments):
    if len(arguments) != 2:
        print(__doc__)
        return 2
    try:
        with open(arguments[0], encoding="utf-8") as file:
            bundle = json.load(file)
        with open(arguments[1], encoding="utf-8") as file:
            trusted = json.load(file)
        found = list(faults(bundle, trusted))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"无法确认：不是存证包，或文件已损坏（{type(error).__name__}）。")
        return 1
    for words in found:
        print(words)
    if found:
        print(f"已被改动：共 {len(found)} 处。")
        return 1
    number, entries, signs = bundle["about"].get("number", ""), len(bundle["entries"]), len(bundle["checkpoints"])
    acts = len(bundle.get("acts", ()))
    print(f"有效：{number}，{entries} 条记录，{signs} 个检查点。" + (f"{acts} 个签名。" if acts else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
