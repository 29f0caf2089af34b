"""What an installation needs before it can work: schema, published matters, and the demonstration where wanted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from engine.bootstrap import Zhunyu, migrate
from engine.matters.catalogue import load_catalogue
from engine.matters.codes import warning
from engine.worker import demo

Say = Callable[[str, str], None]
PUBLISHER = "部署"


def prepare(zhunyu: Zhunyu, say: Say) -> None:
    """Bring the schema up to date, publish what changed in the files, load the demonstration.

    A matter with errors is not published and the one published before stays; that is said, and the start goes on.
    """
    migrate(zhunyu)
    home, stamp = zhunyu.settings.home, zhunyu.settings.data_dir / "published"
    print_now = fingerprint(home)
    unchanged = stamp.exists() and stamp.read_text(encoding="ascii") == print_now
    if not unchanged and publish(zhunyu, say):
        stamp.write_text(print_now, encoding="ascii")
    if zhunyu.settings.demo:
        folder = home / "rules" / "demo"
        made = demo.load_accounts(zhunyu, folder), demo.load_certificates(zhunyu, folder)
        demo.load_bans(zhunyu, folder)
        if any(made):
            say("demo_loaded", f"装入演示账号 {made[0]} 个、演示证照 {made[1]} 份。")


def publish(zhunyu: Zhunyu, say: Say) -> bool:
    """Publish every matter without errors; whether all were."""
    catalogue, problems = load_catalogue(zhunyu.settings.home)
    wrong = [problem for problem in problems if not warning(problem)]
    for problem in wrong:
        say("matter_not_published", str(problem))
    for one in zhunyu.publishing.publish(catalogue, PUBLISHER):
        if one.changed:
            say("matter_published", f"{one.matter} {one.hash[:12]}")
    return not wrong


def fingerprint(home: Path) -> str:
    """A digest of the names and contents of every matter and rule file, and of the program that reads them."""
    digest = hashlib.sha256()
    program = Path(__file__).resolve().parent.parent
    files = [*home.glob("matters/**/*.yaml"), *home.glob("rules/*.yaml"), *home.glob("rules/fragments/*.yaml")]
    for path in sorted([*files, *(program / "matters").glob("*.py"), *(program / "rules").glob("*.py")]):
        digest.update(str(path).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
