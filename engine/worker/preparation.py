"""What an installation needs before it can work: schema, published matters, and the demonstration where wanted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from engine.bootstrap import Zhunyu, migrate
from engine.matters.codes import warning
from engine.worker.organisation import demo_organisation

if TYPE_CHECKING:
    from engine.matters.catalogue import Catalogue
    from engine.services.publishing import Grounds

Say = Callable[[str, str], None]
PUBLISHER = "部署"


def up_to_date(zhunyu: Zhunyu) -> bool:
    """Whether the last preparation was for these very files and its result is still there; cheap."""
    stamp = _stamp(zhunyu)
    if not stamp.exists() or stamp.read_text(encoding="ascii") != fingerprint(zhunyu):
        return False
    try:
        return bool(zhunyu.shelf.cards())
    except Exception:  # no such table, no such database: whatever it is, preparing will tell
        return False


def prepare(zhunyu: Zhunyu, say: Say) -> None:
    """Bring the schema up to date, publish what changed in the files, load the demonstration.

    A matter with errors is not published and the one published before stays; that is said, and the start goes on.
    """
    migrate(zhunyu)
    if up_to_date(zhunyu):
        return
    published = publish(zhunyu, say)
    if zhunyu.settings.demo:
        from engine.worker import demo

        folder = zhunyu.settings.home / "rules" / "demo"
        made = demo.load_accounts(zhunyu, folder), demo.load_certificates(zhunyu, folder)
        demo.load_bans(zhunyu, folder)
        demo.load_departments(zhunyu, folder)
        demo.load_signing(zhunyu, folder)
        demo_organisation(zhunyu, folder / "organisation.yaml")
        if any(made):
            say("demo_loaded", f"装入演示账号 {made[0]} 个、演示证照 {made[1]} 份。")
    if published:
        _stamp(zhunyu).write_text(fingerprint(zhunyu), encoding="ascii")


def publish(zhunyu: Zhunyu, say: Say) -> bool:
    """Publish every matter that may be; whether all could be read.

    On an empty shelf nothing is weighed. Later a matter that differs from the shelf has to pass the checks of every
    publication; one that does not stays as it is on the shelf, and that is said.
    """
    from engine.matters.catalogue import load_catalogue  # an installation that is up to date reads no files
    from engine.matters.compiled_cache import CompiledCache

    cache = CompiledCache(zhunyu.settings.data_dir / "compiled")
    catalogue, problems = load_catalogue(zhunyu.settings.home, cache=cache)
    wrong = [problem for problem in problems if not warning(problem)]
    for problem in wrong:
        say("matter_not_published", str(problem))
    grounds = _grounds(zhunyu, catalogue, say)
    for one in zhunyu.publishing.publish(catalogue, PUBLISHER, grounds):
        if one.changed:
            say("matter_published", f"{one.matter} {one.hash[:12]}")
    return not wrong


def _grounds(zhunyu: Zhunyu, catalogue: Catalogue, say: Say) -> dict[str, Grounds]:
    """Why each matter may go on the shelf; those that may not are taken out of the catalogue."""
    from engine.services.publishing_checks import publication_checks
    from engine.services.publishing_review import Review, first_grounds, grounds_of

    checks = publication_checks(zhunyu.settings.home, zhunyu.clock.now().date())
    review = Review(store=zhunyu.store, checks=checks)
    if review.empty_shelf():
        return first_grounds(catalogue)

    def told(stage: str, matter: str) -> None:
        say("matter_checked", f"{matter} {stage}")

    found = {}
    for id, before in review.differing(catalogue).items():
        weighed = review.weigh(catalogue, id, before, 0, told)
        if weighed.failures:
            del catalogue.matters[id]
            words = f"{id} 有 {len(weighed.failures)} 处没有通过发布前检查，没有更新：{weighed.failures[0]}"
            say("matter_not_published", f"{words} 全部列出：zhunyu publish {id} --dry-run。")
        else:
            found[id] = grounds_of(weighed, None)
    return found


def fingerprint(zhunyu: Zhunyu) -> str:
    """A digest of every matter, rule and demo file, of the program that reads them, and of where it all goes."""
    settings, program = zhunyu.settings, Path(__file__).resolve().parent.parent
    digest = hashlib.sha256(f"{settings.database_url} {settings.demo}".encode())
    patterns = [(settings.home, "matters/**/*.yaml"), (settings.home, "rules/**/*.yaml")]
    patterns += [(program, f"{part}/*.py") for part in ("matters", "rules", "model", "worker")]
    patterns.append((program, "adapters/sql/migrations/**/*.py"))
    for path in sorted(path for folder, pattern in patterns for path in folder.glob(pattern)):
        digest.update(str(path).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _stamp(zhunyu: Zhunyu) -> Path:
    return zhunyu.settings.data_dir / "prepared"
