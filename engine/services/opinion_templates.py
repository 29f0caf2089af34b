"""意见模板: sentences an officer starts from: those of the step, of the office, and one's own."""

from __future__ import annotations

from engine.errors import ZhunyuError
from engine.model.matter import Matter
from engine.ports.opinions import OpinionTemplate
from engine.ports.store import Store
from engine.ports.world import Clock, Ids
from engine.services.accounts import Session
from engine.services.desk_access import staff_of
from engine.services.permission import permits
from engine.stages.workflow import step_of

OWN, OFFICE = "own", "office"
LONGEST, MOST = 500, 100


class OpinionTemplates:
    """Templates that people keep, and all that fit an action."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids) -> None:
        self._store, self._clock, self._ids = store, clock, ids

    def kept(self, session: Session, scope: str) -> tuple[OpinionTemplate, ...]:
        """One's own, or those of one's office."""
        with self._store.read() as tx:
            return tx.opinions.of((_owner(session, scope),))

    def fitting(self, session: Session, matter: Matter, step: str, action: str) -> tuple[str, ...]:
        """The sentences for an action at a step: the step's, the office's, one's own."""
        declared = step_of(matter, step)
        of_step = declared.opinions if declared is not None else ()
        with self._store.read() as tx:
            found = tx.opinions.of((_owner(session, OFFICE), _owner(session, OWN)))
        office, own = _owner(session, OFFICE), _owner(session, OWN)
        texts = [one.text for owner in (office, own) for one in found
                 if one.owner == owner and one.action in ("", action)]  # fmt: skip
        return tuple(dict.fromkeys((*of_step, *texts)))

    def may_keep(self, session: Session, scope: str) -> bool:
        """Whether the person may add, change and delete templates of this scope."""
        return scope == OWN or not permits(session.account, "template.keep").why_not

    def add(self, session: Session, scope: str, action: str, text: str) -> None:
        """Keep a sentence; C004 when it is empty, too long or one too many, A002 for whom the office's are not."""
        made = self._made(session, self._ids.new(), scope, action, text)
        with self._store.write() as tx:
            if len(tx.opinions.of((made.owner,))) >= MOST:
                raise ZhunyuError("C004", f"意见模板已有 {MOST} 条。", "请先删除不用的。", status=422)
            tx.opinions.add(made)

    def change(self, session: Session, id: str, scope: str, action: str, text: str) -> None:
        """Replace a sentence; A003 when there is none such."""
        made = self._made(session, id, scope, action, text)
        with self._store.write() as tx:
            if not tx.opinions.change(made):
                raise _missing()

    def remove(self, session: Session, id: str, scope: str) -> None:
        """Delete a sentence; A003 when there is none such."""
        self._require(session, scope)
        with self._store.write() as tx:
            if not tx.opinions.remove(id, _owner(session, scope)):
                raise _missing()

    def _require(self, session: Session, scope: str) -> None:
        if scope not in (OWN, OFFICE):
            raise _missing()
        if not self.may_keep(session, scope):
            raise ZhunyuError("A002", "本机关的意见模板由审批、业务管理岗位维护。", "您可以维护自己的。", status=403)

    def _made(self, session: Session, id: str, scope: str, action: str, text: str) -> OpinionTemplate:
        self._require(session, scope)
        words = text.strip()
        if not words or len(words) > LONGEST:
            raise ZhunyuError("C004", f"请写明意见，不超过 {LONGEST} 字。", status=422)
        at = self._clock.now().isoformat(timespec="seconds")
        return OpinionTemplate(id, _owner(session, scope), action, words, session.account.name, at)


def _owner(session: Session, scope: str) -> str:
    account = staff_of(session).account
    return f"office:{account.district}" if scope == OFFICE else f"account:{account.id}"


def _missing() -> ZhunyuError:
    return ZhunyuError("A003", "没有这条意见模板。", "请从“意见模板”重新选择。", status=404)

