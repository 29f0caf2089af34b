"""`zhunyu verify`: check a sealed certificate or a case's evidence offline, with public keys only."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from engine.adapters.clock import SystemClock
from engine.adapters.keys import check_file
from engine.commands.terminal import Terminal
from engine.errors import ZhunyuError
from engine.ports.world import SealCheck
from engine.trust.bundle import faults_of, read_bundle
from engine.trust.keys import read_trusted
from engine.trust.sm2 import PublicKey

_WORDS = {"valid": "有效", "altered": "已被改动", "unknown": "无法确认"}


def verify_file(file: Path, key: Path | None, second: bool, terminal: Terminal) -> int:
    """Print what the check found; 0 only for a file that is exactly as it was sealed by a trusted key."""
    data = file.read_bytes()
    if data.startswith(b"{"):
        return _verify_bundle(data, _trusted(key, "audit-trusted.json"), terminal)
    if data.startswith(b"PK"):
        found = _offline(data, key, second) if key else _here(data, second)
    else:
        found = check_file(data, _trusted(key, "trusted.json"), second=second)
    good = found.state == "valid"
    terminal.say(f"{_WORDS[found.state]}　{found.reason}", "green" if good else "red")
    if good:
        told = found.facts
        face = told["face"]
        holder = [("持证人", str(told["holder"]))] if told["holder"] else []
        rows = [("编号", found.number), *holder, ("发证机关", str(told["issuer"]))]
        rows += [(title, text) for title, text in face.items() if title not in dict(rows)]
        rows += [("签章时间", str(told["sealed_at"])), ("签章密钥", str(told["key"]))]
        terminal.table(("项目", "内容"), rows)
    return 0 if good else 1


def _offline(data: bytes, root: Path, second: bool) -> SealCheck:
    """An OFD by a file of root certificates, and by the revocation list of the same name beside it (.crl)."""
    from engine.services.legal_form import told
    from engine.trust.ofd.checking import check_ofd, relying
    from engine.trust.pki.certificate import read_certificates
    from engine.trust.pki.trust import Trust, read_list

    anchors, beside, now = read_certificates(root.read_bytes()), root.with_suffix(".crl"), SystemClock().now()
    lists = (read_list(beside.read_bytes(), anchors),) if beside.exists() else ()
    trust = Trust(anchors, (), {one.issuer: one for one in lists})
    return told(check_ofd(data, relying(trust, now), now, second=second))


def _here(data: bytes, second: bool) -> SealCheck:
    """An OFD by the certificates this installation relies on."""
    from engine.bootstrap import ready
    from engine.settings import load

    with ready(load()) as zhunyu:
        return zhunyu.certificates.check(data, second=second)


def _trusted(key: Path | None, name: str) -> Mapping[str, PublicKey]:
    path = key or Path(os.environ.get("ZHUNYU_DATA_DIR", "").strip() or "data") / "keys" / name
    if not path.exists():
        raise ZhunyuError("K002", f"没有受信公钥文件 {path}。", "请用 --key 指明，或在运行过系统的目录里执行。")
    return read_trusted(path.read_text(encoding="utf-8"))


def _verify_bundle(data: bytes, trusted: Mapping[str, PublicKey], terminal: Terminal) -> int:
    bundle = read_bundle(data)
    faults = list(faults_of(bundle, trusted))
    for fault in faults:
        terminal.say(f"✗ {fault.kind}　{fault.text}", "red")
    if faults:
        terminal.say("已被改动", "red")
        return 1
    terminal.say("有效　办件的每一条记录都在可信的检查点之下。", "green")
    rows = [("编号", bundle.about.get("number", "")), ("事项", bundle.about.get("title", "")),
            ("记录", f"{len(bundle.entries)} 条"), ("导出时间", bundle.made_at)]  # fmt: skip
    terminal.table(("项目", "内容"), rows)
    return 0
