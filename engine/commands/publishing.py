"""`zhunyu publish`: weigh the matters that differ from the shelf, and publish them or say why not."""

from __future__ import annotations

import getpass
import time

import msgspec

from engine.bootstrap import Zhunyu, opened
from engine.commands.terminal import Terminal
from engine.errors import Problem, ZhunyuError
from engine.matters.catalogue import Catalogue, load_catalogue
from engine.matters.codes import warning
from engine.ports.accounts import Account
from engine.services.publishing import Grounds
from engine.services.publishing_review import Review, Weighed, first_grounds, grounds_of
from engine.settings import Settings, load

_SHOWN = 12


class Wish(msgspec.Struct, frozen=True):
    """What is wanted of a publication. `last` past cases are tried; `override` is a reason to publish although checks
    fail; `by` is the login of who answers for the publication."""

    last: int = 200
    override: str = ""
    by: str = ""
    dry_run: bool = False


def publish_files(matters: tuple[str, ...], wish: Wish, terminal: Terminal) -> int:
    """Publish the named matters, or all; 1 when one has errors or fails a check (then nothing is published)."""
    if wish.override and not wish.by:
        raise ZhunyuError("A004", "例外发布要有人负责。", "请加 --by 业务管理员的登录名。", status=422)
    settings = load()
    catalogue = _read(settings, matters, terminal)
    if catalogue is None:
        return 1
    with opened(settings) as zhunyu:
        review = reviewed(zhunyu)
        override = review.override(wish.by, wish.override) if wish.override else None
        by = _publisher(review.keeper(wish.by) if wish.by else None)
        if review.empty_shelf():
            return 0 if wish.dry_run else _put(zhunyu, catalogue, first_grounds(catalogue), by, terminal)
        weighed = _weigh(review, catalogue, wish.last, terminal)
        refused = [one for one in weighed if one.failures]
        if refused and override is None:
            words = sum(len(one.failures) for one in refused)
            terminal.say(f"没有发布：{'、'.join(one.matter.id for one in refused)} 共 {words} 处没有通过检查。", "red")
            terminal.say("请改正后再发布；确需先发布的：zhunyu publish … --override 理由 --by 业务管理员登录名。")
            return 1
        if wish.dry_run:
            terminal.say("只看不发：没有发布任何事项。")
            return 0
        grounds = {one.matter.id: grounds_of(one, override) for one in weighed}
        return _put(zhunyu, catalogue, grounds, by, terminal)


def reviewed(zhunyu: Zhunyu) -> Review:
    """The review of an installation with every check a publication has to pass, and what it does to past cases."""
    from engine.services.publishing_checks import past_impact, publication_checks

    checks = publication_checks(zhunyu.settings.home, zhunyu.clock.now().date())
    return Review(store=zhunyu.store, checks=checks, impact=past_impact(zhunyu.store, zhunyu.shelf))


def _read(settings: Settings, matters: tuple[str, ...], terminal: Terminal) -> Catalogue | None:
    """The catalogue of what is to be published; None when it has errors, which are told."""
    catalogue, problems = load_catalogue(settings.home)
    wrong = [one for one in problems if not warning(one) and _concerns(one, matters)]
    for problem in wrong:
        terminal.say(str(problem), "red")
    if wrong:
        terminal.say(f"有 {len(wrong)} 个错误，没有发布。", "red")
        return None
    unknown = [id for id in matters if id not in catalogue.matters]
    if unknown:
        mine = {problem.file for problem in problems if not warning(problem)}
        raise ZhunyuError(
            "A003", f"没有事项 {'、'.join(unknown)}。", f"有错误的文件：{'、'.join(sorted(mine)) or '无'}。"
        )
    if matters:
        return msgspec.structs.replace(catalogue, matters={id: catalogue.matters[id] for id in matters})
    return catalogue


def _concerns(problem: Problem, matters: tuple[str, ...]) -> bool:
    if not matters or problem.file.startswith("rules/"):
        return True
    return any(problem.file.endswith((f"/{id}.yaml", f"/{id}.tests.yaml")) for id in matters)


def _weigh(review: Review, catalogue: Catalogue, last: int, terminal: Terminal) -> list[Weighed]:
    differing, found = review.differing(catalogue), list[Weighed]()
    begun = time.monotonic()
    for place, (id, before) in enumerate(sorted(differing.items()), start=1):
        def say(stage: str, matter: str, place: int = place) -> None:
            spent = f"（{time.monotonic() - begun:.0f} 秒）" if time.monotonic() - begun > 1 else ""
            terminal.error(f"[{place}/{len(differing)}] {matter}：{stage} …{spent}")

        weighed = review.weigh(catalogue, id, before, last, say)
        _tell(weighed, terminal)
        found.append(weighed)
    return found


def _tell(weighed: Weighed, terminal: Terminal) -> None:
    matter = weighed.matter
    terminal.say(f"{matter.id} {matter.title}", "bold")
    if not weighed.before:
        terminal.say("  新事项：架上没有过。")
    elif weighed.before == matter.hash:
        terminal.say("  与撤下前的版本相同，重新上架。")
    elif not weighed.differences:
        terminal.say("  规则没有改动；程序更新后编译出的版本不同。")
    for words in weighed.differences[:_SHOWN]:
        terminal.say(f"  · {words}")
    if len(weighed.differences) > _SHOWN:
        terminal.say(f"  · 其余 {len(weighed.differences) - _SHOWN} 处从略。")
    for words in weighed.impact:
        terminal.say(f"  推演：{words}")
    for line in weighed.checks:
        terminal.say(f"  {line.name}：{line.state}{'，' + line.words if line.words else ''}")
    for words in weighed.failures:
        terminal.say(f"  ✗ {words}", "red")


def _publisher(keeper: Account | None) -> str:
    """Who publishes, as the history shows it: the keeper who answers for it, and the user of the system it ran as."""
    user = getpass.getuser()
    return f"{keeper.name}（{keeper.login}），系统用户 {user}" if keeper is not None else f"系统用户 {user}"


def _put(zhunyu: Zhunyu, catalogue: Catalogue, grounds: dict[str, Grounds], by: str, terminal: Terminal) -> int:
    published = zhunyu.publishing.publish(catalogue, by, grounds)
    rows = [(one.matter, _result(one.changed, grounds.get(one.matter)), one.hash[:12]) for one in published]
    terminal.table(("事项", "结果", "版本"), rows)
    return 0


def _result(changed: bool, grounds: Grounds | None) -> str:
    if not changed:
        return "没有变化"
    return f"已发布（{grounds.how}）" if grounds is not None and grounds.how != "通过" else "已发布"
