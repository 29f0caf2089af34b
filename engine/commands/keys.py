"""`zhunyu keys`: make, list, rotate, retire, revoke, export and destroy."""

from __future__ import annotations

from pathlib import Path

import click

from engine.bootstrap import Zhunyu, opened, ready
from engine.commands.auditing import case_id
from engine.commands.terminal import Terminal
from engine.errors import ZhunyuError
from engine.settings import load


def init(terminal: Terminal) -> None:
    """Make the key store where there is none: wiring does, and tests every algorithm before."""
    settings = load()
    with opened(settings) as zhunyu:
        terminal.say(f"密钥库 {settings.data_dir / 'keys'} 已就绪，算法自检通过。", "green")
        rows = [(one.key_id, one.purpose, one.state) for one in zhunyu.keys.lines()]
        terminal.table(("签名密钥", "用途", "状态"), rows)


def show(terminal: Terminal) -> None:
    """Root versions and signing keys."""
    with ready(load()) as zhunyu:
        roots, destroyed, lines = zhunyu.keys.overview()
        provider = zhunyu.keys.provider
    newest = max(roots)
    rows = [
        (f"第 {root} 版", "封装" if root == newest else "仅解封", str(used)) for root, used in sorted(roots.items())
    ]
    terminal.say(f"密码提供者：{provider}；已销毁的数据密钥：{destroyed} 个。")
    terminal.table(("根密钥", "状态", "数据密钥"), rows)
    signing = [(one.key_id, one.purpose, one.state, one.revoked_at) for one in lines]
    terminal.table(("签名密钥", "用途", "状态", "吊销时间"), signing)


def rotate(by: str, resume: bool, batch: int, terminal: Terminal) -> None:
    """Rotate the root, or finish a rotation."""
    with ready(load()) as zhunyu:
        actor = staff_id(zhunyu, by)
        with terminal.counting("重新封装") as count:
            found = zhunyu.keys.rotate(actor=actor, resume=resume, batch=batch, progress=count)
    if found.resumed:
        terminal.say("接着做完了上一次的轮换，没有增加新版本。")
    terminal.table(
        ("项目", "数量"),
        [("现用根密钥", f"第 {found.root} 版"), ("重新封装的数据密钥", str(found.keys)),
         ("改由数据密钥加密的旧字段", str(found.fields)), ("改由数据密钥加密的旧文件", str(found.files))],
    )  # fmt: skip
    terminal.say("轮换完成。请立即备份密钥库；十分钟后可以停用旧版本：zhunyu keys retire。", "green")


def rotate_signing(purpose: str, by: str, terminal: Terminal) -> None:
    """A new signing key."""
    with ready(load()) as zhunyu:
        made = zhunyu.keys.rotate_signing(purpose, actor=staff_id(zhunyu, by))
    terminal.say(f"{purpose} 今后用 {made} 签名；以前的签名仍可核验。请把新的公钥交给核验方。", "green")


def retire(by: str, terminal: Terminal) -> None:
    """Remove root versions that nothing uses."""
    with ready(load()) as zhunyu:
        gone = zhunyu.keys.retire(actor=staff_id(zhunyu, by))
    words = f"已停用根密钥第 {'、'.join(map(str, gone))} 版。" if gone else "没有可以停用的旧版本。"
    terminal.say(words, "green")


def revoke(key: str, by: str, reason: str, terminal: Terminal) -> None:
    """Revoke a signing key."""
    with ready(load()) as zhunyu:
        zhunyu.keys.revoke(key, actor=staff_id(zhunyu, by), reason=reason)
    terminal.say(f"已吊销 {key}；请把 revoked.json 和新的公钥交给核验方。", "green")


def export_public(folder: Path, terminal: Terminal) -> None:
    """Write the public keys by purpose and the list of those revoked."""
    with ready(load()) as zhunyu:
        files = zhunyu.keys.public_files()
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    terminal.say(f"已写出 {len(files)} 个文件到 {folder}。", "green")


def destroy(case: str, by: str, second: str, reason: str, yes: bool, terminal: Terminal) -> int:
    """Destroy the key of a case, once two people have proved who they are."""
    with ready(load()) as zhunyu:
        id = case_id(zhunyu, case)
        if not yes and not click.confirm(f"办件 {case} 的加密内容将永远无法再读，确定销毁吗？"):
            return 1
        for login in dict.fromkeys((by, second)):
            password = click.prompt(f"{login} 的口令", hide_input=True)
            zhunyu.accounts.sign_out(zhunyu.accounts.sign_in("staff", login, password).token)
        gone = zhunyu.keys.destroy(id, by=by, second=second, reason=reason)
    words = f"已销毁办件 {case} 的密钥（{len(gone)} 个）。" if gone else f"办件 {case} 的密钥早已销毁。"
    terminal.say(words, "green")
    return 0


def staff_id(zhunyu: Zhunyu, login: str) -> str:
    """The id of an account of staff; A003 when there is none."""
    with zhunyu.store.read() as tx:
        found = tx.accounts.by_login("staff", login)
    if found is None or not found[0].active:
        raise ZhunyuError("A003", f"没有在用的工作人员账号 {login}。", "请核对登录名。", status=404)
    return found[0].id
