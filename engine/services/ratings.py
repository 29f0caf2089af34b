"""好差评 (GB/T 39734-2020, GB/T 39735-2020): the applicant rates, staff answer what was bad, the answer is rated."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from engine.errors import ZhunyuError
from engine.model.calendar import add_workdays
from engine.model.case import OPEN, Case
from engine.model.messages import APPLICANT
from engine.model.ratings import BAD, LEVELS, ONLINE, OUTCOME, POINTS, WINDOW, Rating, RatingRules, pushed
from engine.ports.effects import Job
from engine.ports.messages import PERSON, Address
from engine.ports.ratings import RatingCount, RatingQuery
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids, Waker
from engine.services.accounts import Session
from engine.services.cases import Cases
from engine.services.desk_access import district_for, refuse, staff_of
from engine.services.expiring import of_rating
from engine.services.message_rules import rating_rules
from engine.services.message_writing import scrubbed, tell
from engine.services.permission import holds, permits
from engine.services.projection import PUSH
from engine.services.recording import record
from engine.services.shelf import Shelf

LONGEST = 500
DIMENSIONS = ("matter", "district", "authority", "month")
_LOOKERS = ("监督", "业务管理", "审批", "审计")


class Given(msgspec.Struct, frozen=True):
    """What an applicant says: the level (1 to 5, 0 none), reasons, words, and whether the name is kept back."""

    score: int
    labels: tuple[str, ...] = ()
    words: str = ""
    anonymous: bool = False
    channel: str = ONLINE


class RatingPage(msgspec.Struct, frozen=True):
    """What a case's page of ratings shows: those given, the points that may be rated now, those that may be changed."""

    case: Case
    ratings: tuple[Rating, ...]
    open_points: tuple[str, ...]
    changeable: tuple[str, ...]
    rules: RatingRules


class OpenPage(msgspec.Struct, frozen=True):
    """A page of ratings for staff, and the cursor of the next."""

    lines: tuple[Rating, ...]
    next: str


class Ratings:
    """Ratings of the service, from both sides."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids, shelf: Shelf, cases: Cases, waker: Waker) -> None:
        self._store, self._clock, self._ids = store, clock, ids
        self._shelf, self._cases, self._waker = shelf, cases, waker

    def of_case(self, session: Session, case_id: str) -> RatingPage:
        """The ratings of one's own case; A003 when it is not theirs."""
        case = self._cases.view(session, case_id).case
        with self._store.read() as tx:
            given, rules = tx.ratings.of_case(case.id), rating_rules(tx)
        rated = {one.point for one in given}
        mine = (one for one in given if one.account == session.account.id)
        return RatingPage(
            case, given, tuple(point for point in ratable(case) if point not in rated),
            tuple(one.point for one in mine if not self._fixed(one, rules)), rules,
        )  # fmt: skip

    def rate(self, session: Session, case_id: str, point: str, given: Given) -> Rating:
        """Rate a case at a service point, or change one's rating once.

        A003; A004 without a level, for reasons that are not of the level, or too long; C001 when it may not be rated
        now or not any more, or somebody else has rated it.
        """
        case = self._cases.view(session, case_id).case
        if point not in ratable(case):
            raise ZhunyuError("C001", "现在还不能评价。", "请在办结后评价。", status=409)
        with self._store.write() as tx:
            rules = rating_rules(tx)
            told = _checked(given, rules)
            earlier = next((one for one in tx.ratings.of_case(case.id) if one.point == point), None)
            if earlier is None:
                made = self._new(session, case, point, told, rules)
                kept = tx.ratings.add(made)
            else:
                if earlier.account != session.account.id or self._fixed(earlier, rules):
                    raise ZhunyuError("C001", "这件已经评价过，不能再改。", "", status=409)
                made = self._changed(earlier, told, rules)
                kept = tx.ratings.replace(earlier, made)
            if not kept:
                raise ZhunyuError("C002", "评价刚刚有了变化。", "请刷新后重试。", status=409)
            self._tell(tx, made, rules, session.account.id)
        self._waker.wake()
        return made

    def second(self, session: Session, rating_id: str, score: int, words: str = "") -> Rating:
        """Rate the answer to one's bad rating: once for each answer. A bad answer is answered once more."""
        with self._store.write() as tx:
            rating, rules = self._loaded(tx, rating_id), rating_rules(tx)
            if rating.account != session.account.id:
                raise ZhunyuError("A003", "没有这条评价。", "请从“我的办件”重新进入。", status=404)
            if rating.state != "answered":
                raise ZhunyuError("C001", "现在不能评价答复。", "", status=409)
            told = _checked(Given(score, words=words), rules)
            made = msgspec.structs.replace(rating, second=told.score, second_words=told.words, state="closed")
            if told.score in BAD and rating.round == 1:
                made = msgspec.structs.replace(made, state="open", round=2, due=self._due(rules))
            if not tx.ratings.replace(rating, made):
                raise ZhunyuError("C002", "评价刚刚有了变化。", "请刷新后重试。", status=409)
            if made.state == "open":
                tell(tx, self._ids, "差评产生", of_rating(made, rules.role, "bad"), self._at())
            self._record(tx, made, session.account.id, "评价答复")
        self._waker.wake()
        return made

    def waiting(self, session: Session, state: str = "open", after: str = "", limit: int = 20) -> OpenPage:
        """Bad ratings of the office: those to be answered, the earliest due first; or those answered or closed."""
        wanted = state if state in ("open", "answered", "closed") else "open"
        query = RatingQuery(state=wanted, district=self._district(session), after=after, limit=limit)
        return self._page(query)

    def owed(self, session: Session) -> tuple[int, str]:
        """How many bad ratings wait for the answer of whoever is signed in, and the first day one is due; none for
        those who do not answer."""
        if permits(session.account, "rating.read").why_not:
            return 0, ""
        with self._store.read() as tx:
            mine = holds(session.account, (rating_rules(tx).role,))
            return tx.ratings.owed(self._district(session)) if mine else (0, "")

    def listed(self, session: Session, query: RatingQuery) -> OpenPage:
        """The ratings behind a figure."""
        own = self._district(session)
        return self._page(msgspec.structs.replace(query, district=own or query.district))

    def show(self, session: Session, rating_id: str) -> tuple[Rating, bool]:
        """One rating, and whether the viewer answers it now; A003, A002 for another district."""
        with self._store.read() as tx:
            rating, rules = self._loaded(tx, rating_id), rating_rules(tx)
        self._require_seen(session, rating)
        return rating, rating.state == "open" and holds(session.account, (rules.role,))

    def answer(self, session: Session, rating_id: str, words: str) -> Rating:
        """Answer a bad rating with what was done; C001 when it is not open, C004 without words, A002 without the
        role."""
        text = words.strip()
        if not 5 <= len(text) <= 4 * LONGEST:
            raise ZhunyuError("C004", "没有写明核实和整改的情况。", f"请写 5 至 {4 * LONGEST} 字。", status=422)
        with self._store.write() as tx:
            rating, rules = self._loaded(tx, rating_id), rating_rules(tx)
            self._require_seen(session, rating)
            if not holds(session.account, (rules.role,)):
                raise ZhunyuError("A002", f"差评由“{rules.role}”岗位答复。", "", status=403)
            if rating.state != "open":
                raise ZhunyuError("C001", "这条评价不在待答复之列。", "请刷新后查看。", status=409)
            whole = f"{rating.answer}\n\n再次答复：{text}" if rating.answer else text
            made = msgspec.structs.replace(
                rating, state="answered" if rating.round == 1 else "closed", answer=whole, answered_at=self._at(),
                answered_by=session.account.name,
            )  # fmt: skip
            if not tx.ratings.replace(rating, made):
                raise ZhunyuError("C002", "评价已被他人答复。", "请刷新后查看。", status=409)
            telling = msgspec.structs.replace(
                of_rating(made, rules.role, "answer"), case=made.case, link="case", contact=made.account,
                audiences={APPLICANT: (Address(PERSON, made.account),)},
            )  # fmt: skip
            tell(tx, self._ids, "差评答复", telling, self._at())
            self._record(tx, made, session.account.id, "差评答复")
        self._waker.wake()
        return made

    def counted(self, session: Session, by: str, query: RatingQuery) -> tuple[RatingCount, ...]:
        """Figures by matter | district | authority | month."""
        own = self._district(session)
        narrowed = msgspec.structs.replace(query, district=own or query.district)
        with self._store.read() as tx:
            return tx.ratings.counted(by if by in DIMENSIONS else "matter", narrowed)

    def _page(self, query: RatingQuery) -> OpenPage:
        with self._store.read() as tx:
            lines = tx.ratings.ratings(query)
        last = lines[query.limit - 1] if len(lines) > query.limit else None
        key = "" if last is None else last.due if query.state == "open" else last.at
        return OpenPage(lines[: query.limit], f"{key}|{last.id}" if last else "")

    def _new(self, session: Session, case: Case, point: str, given: Given, rules: RatingRules) -> Rating:
        bad = given.score in BAD
        return Rating(
            id=self._ids.new(), case=case.id, point=point, number=case.number, matter=case.matter,
            matter_title=case.matter_title, district=case.district, authority=case.authority,
            authority_name=case.authority_name, account=session.account.id, name=session.account.name, at=self._at(),
            score=given.score, labels=given.labels, words=given.words, anonymous=given.anonymous,
            channel=given.channel, state="open" if bad else "", due=self._due(rules) if bad else "",
            confidential=case.confidential,
        )  # fmt: skip

    def _changed(self, earlier: Rating, given: Given, rules: RatingRules) -> Rating:
        bad = given.score in BAD
        return msgspec.structs.replace(
            earlier, score=given.score, labels=given.labels, words=given.words, anonymous=given.anonymous,
            channel=given.channel, times=2, changed_at=self._at(), state="open" if bad else "",
            due=(earlier.due or self._due(rules)) if bad else "",
        )  # fmt: skip

    def _tell(self, tx: Transaction, rating: Rating, rules: RatingRules, actor: str) -> None:
        if rating.bad:
            tell(tx, self._ids, "差评产生", of_rating(rating, rules.role, "bad"), self._at())
        if rules.receiver:
            told = msgspec.structs.replace(rating, words=scrubbed(rating.words))
            tx.effects.enqueue(
                Job(id=self._ids.new(), kind=PUSH, case=rating.case, seq=rating.times, to=rules.receiver, event="评价",
                    body=msgspec.to_builtins(pushed(told, rules)), key=f"rating-{rating.id}-{rating.times}",
                    created_at=self._at())
            )  # fmt: skip
        self._record(tx, rating, actor, "评价")

    def _record(self, tx: Transaction, rating: Rating, actor: str, what: str) -> None:
        content = {
            "rating": rating.id, "point": rating.point, "score": rating.score, "times": rating.times,
            "state": rating.state, "round": rating.round,
        }  # fmt: skip
        by = "匿名" if rating.anonymous and actor == rating.account else actor
        record(tx, self._ids, trail=f"rating:{rating.id}", at=self._at(), actor=by, what=what, content=content)

    def _loaded(self, tx: Transaction, id: str) -> Rating:
        found = tx.ratings.rating(id)
        if found is None:
            raise ZhunyuError("A003", "没有这条评价。", "请从列表重新进入。", status=404)
        return found

    def _district(self, session: Session) -> str:
        account = staff_of(session).account
        refuse(permits(account, "rating.read").why_not, "评价由监督、业务管理和审批岗位查看。")
        return district_for(account, _LOOKERS)

    def _require_seen(self, session: Session, rating: Rating) -> None:
        own = self._district(session)
        if own and own != rating.district:
            raise ZhunyuError("A002", f"这条评价属于{rating.district}。", "", status=403)

    def _fixed(self, rating: Rating, rules: RatingRules) -> bool:
        """Whether a rating stands: changed once, answered, or given too long ago."""
        last = date.fromisoformat(rating.at[:10]) + timedelta(days=rules.change_days)
        return rating.times > 1 or rating.state in ("answered", "closed") or self._clock.now().date() > last

    def _due(self, rules: RatingRules) -> str:
        today = self._clock.now().date()
        return add_workdays(today, rules.answer_days, self._shelf.reference_calendar()).isoformat()

    def _at(self) -> str:
        return self._clock.now().isoformat(timespec="seconds")


def ratable(case: Case) -> tuple[str, ...]:
    """The service points of a case that may be rated: the outcome when there is one, the counter where it was filed."""
    if case.parent:
        return ()
    ended = case.decision is not None or case.status not in OPEN
    points = {OUTCOME: ended, WINDOW: case.origin == "窗口"}
    return tuple(point for point in POINTS if points[point])


def _checked(given: Given, rules: RatingRules) -> Given:
    if not 1 <= given.score <= len(LEVELS):
        raise ZhunyuError("A004", "没有选满意度。", "请选一个等级。", status=422)
    offered = rules.labels.get(LEVELS[given.score - 1], ())
    if any(label not in offered for label in given.labels):
        raise ZhunyuError("A004", "所选理由与等级不符。", "请重新选择理由。", status=422)
    text = given.words.strip()
    if len(text) > LONGEST:
        raise ZhunyuError("A004", "评价的文字过长。", f"请控制在 {LONGEST} 字以内。", status=422)
    return msgspec.structs.replace(given, words=text, labels=tuple(dict.fromkeys(given.labels)))
