"""`zhunyu pki`: the installation's own small certificate authority, and certificates of others."""

from __future__ import annotations

import os
from pathlib import Path

from engine.bootstrap import Zhunyu, ready
from engine.commands.terminal import Terminal
from engine.errors import ZhunyuError
from engine.settings import load
from engine.trust.pki.certificate import KINDS, write_pem
from engine.trust.pki.issuing import REASONS, Subject


def init(name: str, terminal: Terminal) -> None:
    """Make the root, once."""
    with ready(load()) as zhunyu:
        root = zhunyu.signing.authority.start(name)
    until = f"有效期至 {root.not_after:%Y-%m-%d}"
    terminal.say(f"证书机构“{root.name}”已就绪，根证书序列号 {root.serial_text}，{until}。", "green")


def issue(
    kind: str, holder: str, name: str, organisation: str, code: str, days: int, ask_pin: bool, pin: str,
    terminal: Terminal,
) -> None:  # fmt: skip
    """Issue a certificate with a key of ours; `holder` is a staff login (officer, login) or an authority's code."""
    with ready(load()) as zhunyu:
        who, called, belongs = _holder(zhunyu, kind, holder)
        subject = Subject((name or called)[:64], organisation or belongs, code or ("" if ask_pin else who))
        made = zhunyu.signing.authority.issue(kind, who, subject, pin=pin, days=days)
    until = f"有效期至 {made.not_after:%Y-%m-%d}"
    terminal.say(f"已签发{KINDS[kind]}证书：{made.name}，序列号 {made.serial_text}，{until}。", "green")


def enrol(kind: str, holder: str, file: Path, terminal: Terminal) -> None:
    """Register a certificate of a trusted authority whose key is held elsewhere."""
    with ready(load()) as zhunyu:
        who, _, _ = _holder(zhunyu, kind, holder)
        found = zhunyu.signing.authority.enrol(kind, who, file.read_bytes())
    terminal.say(f"已登记{KINDS[kind]}证书：{found.name}，序列号 {found.serial_text}。", "green")


def revoke(id: str, reason: str, terminal: Terminal) -> None:
    """End a certificate from now on."""
    with ready(load()) as zhunyu:
        found = zhunyu.signing.authority.revoke(id, reason)
    terminal.say(f"已吊销 {found.name} 的证书 {found.serial_text}（{REASONS[reason]}）；此前的签名仍然有效。", "green")


def show(kind: str, terminal: Terminal) -> None:
    """All certificates, newest first."""
    with ready(load()) as zhunyu:
        found = zhunyu.signing.authority.list(kind)
        now = zhunyu.clock.now()
    rows = []
    for kept, one in found:
        state = f"{kept.revoked_at[:10]} 吊销" if kept.revoked_at else "到期" if one.not_after < now else "有效"
        place = "本系统" if kept.key else "持有人"
        rows.append(
            (KINDS.get(kept.kind, kept.kind), one.name, one.serial_text, f"{one.not_after:%Y-%m-%d}", place, state)
        )
    terminal.table(("种类", "姓名或名称", "序列号", "有效期至", "私钥", "状态"), rows)


def export_list(output: Path, terminal: Terminal) -> None:
    """Write the revocation list (DER); the root certificate (PEM) beside it."""
    with ready(load()) as zhunyu:
        data = zhunyu.signing.authority.revocation_list()
        root = zhunyu.signing.authority.start()
    _write(output, data)
    _write(output.with_suffix(".cer"), write_pem(root).encode("ascii"))
    terminal.say(f"已写出吊销列表 {output} 和根证书 {output.with_suffix('.cer')}。", "green")


def _holder(zhunyu: Zhunyu, kind: str, holder: str) -> tuple[str, str, str]:
    """The holder's id, name and organisation."""
    if kind in ("officer", "login"):
        with zhunyu.store.read() as tx:
            found = tx.accounts.by_login("staff", holder)
        if found is None:
            raise ZhunyuError("A003", f"没有工作人员账号 {holder}。", "请先用 zhunyu account add 建立。", status=404)
        return found[0].id, found[0].name, found[0].district
    offices = {one.code: one.name for card in zhunyu.shelf.cards()
               for one in zhunyu.shelf.current(card.id).authorities}  # fmt: skip
    return holder, offices.get(holder, holder), ""


def _write(path: Path, data: bytes) -> None:
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_bytes(data)
        aside.replace(path)
    except OSError as error:
        raise ZhunyuError("S004", f"{path} 无法写入：{error.strerror}。", "请换一个位置。") from error
