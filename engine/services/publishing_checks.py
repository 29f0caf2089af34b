"""The checks every publication has to pass, by the name they are told under. Heavy parts load when first run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import Problem, ZhunyuError
from engine.model.matter import Matter
from engine.ports.store import Store
from engine.services.publishing_review import Check, Impact
from engine.services.shelf import Shelf

if TYPE_CHECKING:
    from engine.matters.catalogue import Catalogue
    from engine.services.backtest_impact import Impact as Replay
    from engine.services.proving import Finding

_RULES, _NUMBERS = 3, 3  # named in a sentence


def publication_checks(root: Path, day: date) -> dict[str, Check]:
    """What the matters of a folder are checked for: their tests and what these cover; that no rule is dead or against
    another, and that what must never happen is proved not to, as the law stands on a day."""

    def tested(catalogue: Catalogue, matter: Matter) -> tuple[Problem, ...]:
        from engine.services.matter_gate import gate

        return gate(root, catalogue, matter.id)

    def proved(catalogue: Catalogue, matter: Matter) -> tuple[Problem, ...]:
        from engine.matters.tests_file import load_file
        from engine.services.matter_coverage import Places
        from engine.services.proving import prove

        tests = (root / catalogue.files[matter.id]).with_name(f"{matter.id}.tests.yaml")
        near = load_file(tests, catalogue)[0].base if tests.exists() else None
        bad = [one for one in prove(catalogue, matter, day, near) if _stops(one)]
        places = Places(root, catalogue) if bad else None
        return tuple(_told(one, places.of(matter, one.path)) for one in bad if places is not None)

    return {"测试与覆盖": tested, "证明": proved}


def _stops(finding: Finding) -> bool:
    """Whether a finding keeps a matter from being published: an error, or a `never` that could not be proved."""
    return finding.severity == "error" or (finding.severity == "warning" and finding.path[:1] == ("never",))


def _told(finding: Finding, place: str) -> Problem:
    file, _, line = place.rpartition(":")
    example = f"例：{'；'.join(finding.example)}。" if finding.example else ""
    what = f"{finding.what}{example}"
    return Problem(finding.code, what, finding.next, file, int(line) if line.isdigit() else 0)


def past_impact(store: Store, shelf: Shelf) -> Impact:
    """Tells what a version would change for the last cases of an installation and those under way."""

    def told(old: Matter, new: Matter, last: int) -> tuple[str, ...]:
        from engine.services.backtesting import Backtesting

        try:
            return tuple(replay_in_words(Backtesting(store=store, shelf=shelf).impact(old, new, last)))
        except ZhunyuError as error:
            if error.code != "A003":
                raise
            return ("还没有办件，没有可推演的。",)

    return told


def replay_in_words(replay: Replay) -> Iterator[str]:
    """A replay in a few sentences."""
    words = "结论都相同" if not replay.flipped else f"{replay.flipped} 件结论不同"
    yield f"重判 {replay.judged} 件过去的和在办的办件，{words}。"
    for flip in replay.flips:
        rules = "、".join(f"{one.title} {one.count} 件" for one in flip.rules[:_RULES])
        numbers = [example.number for one in flip.rules for example in one.examples]
        shown = "、".join(dict.fromkeys(numbers[:_NUMBERS]))
        example = f"；例：{shown}" if shown else ""
        yield f"{flip.before} → {flip.after} {flip.count} 件（{rules}{example}）。"
    if replay.open_cases:
        yield f"在办 {replay.open_cases} 件，按新版其中 {replay.open_changed} 件会不同；在办件仍按受理时的版本办理。"
    if replay.staff.risky:
        yield f"有 {replay.staff.risky} 件新版会秒批，而工作人员当时没有准予：请逐件核对。"
    if replay.undecided:
        yield f"{replay.undecided} 件缺少新版要问的内容，不能重判。"
    for why, count in replay.unread.items():
        yield f"{count} 件没有重判：{why}。"
