"""好差评: what the applicant says of the service (GB/T 39735-2020; the words and codes of GB/T 39046-2020)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

LEVELS = ("非常满意", "满意", "基本满意", "不满意", "非常不满意")  # GB/T 39046-2020 A.8: codes 1 to 5
BAD = (4, 5)
OUTCOME, WINDOW = "办理结果", "窗口服务"
POINTS = (OUTCOME, WINDOW)
ONLINE, MOBILE = "网上", "移动端"


class RatingRules(msgspec.Struct, frozen=True, omit_defaults=True):
    """The rules of rules/ratings.yaml.

    `change_days` natural days in which one's rating may be changed once; `answer_days` working days in which a bad one
    is answered by `role`, reminded of `remind_days` before. `labels` maps a level to the reasons offered.
    `channels` maps 网上 移动端 to the code of the national platform, `areas` a district to its code; `receiver` is who
    ratings are pushed to ("" nobody).
    """

    change_days: int = 10
    answer_days: int = 15
    remind_days: int = 5
    role: str = "监督"
    receiver: str = ""
    labels: Mapping[str, tuple[str, ...]] = {}
    channels: Mapping[str, str] = {}
    areas: Mapping[str, str] = {}


class Rating(msgspec.Struct, frozen=True, omit_defaults=True):
    """One rating of a case at a service point. `score` is the code of its level, 1 非常满意 to 5 非常不满意.

    `times` counts how often it was given (1, 2 after the change); `state`: "" | open | answered | closed. A bad one is
    open until staff answer by `due`; `second` is the applicant's rating of the answer (0 none); `round` is 2 when that
    was bad too. `account` rated; `anonymous` keeps the name from staff and from everybody else.
    """

    id: str
    case: str
    point: str
    number: str
    matter: str
    matter_title: str
    district: str
    authority: str
    authority_name: str
    account: str
    name: str
    at: str
    score: int
    labels: tuple[str, ...] = ()
    words: str = ""
    anonymous: bool = False
    channel: str = ONLINE
    times: int = 1
    changed_at: str = ""
    state: str = ""
    due: str = ""
    answer: str = ""
    answered_at: str = ""
    answered_by: str = ""
    second: int = 0
    second_words: str = ""
    round: int = 1
    confidential: bool = False

    @property
    def level(self) -> str:
        """The level in words."""
        return LEVELS[self.score - 1]

    @property
    def bad(self) -> bool:
        """Whether it has to be answered."""
        return self.score in BAD

    @property
    def shown_name(self) -> str:
        """The rater as others may read the name."""
        return "匿名" if self.anonymous else self.name[:1] + "＊" * (len(self.name) - 1)


def pushed(rating: Rating, rules: RatingRules) -> dict[str, object]:
    """A rating in the fields of GB/T 39046-2020 table 9; the rater's name is masked, and left out when anonymous."""
    return {
        "project_no": rating.number, "event": "评价", "evaluate_channel": rules.channels.get(rating.channel, "9"),
        "evaluator": rating.shown_name, "evaluate_time": rating.changed_at or rating.at,
        "evaluate_count": rating.times, "satisfaction": rating.level, "satisfaction_code": str(rating.score),
        "evaluate_content": "" if rating.confidential else rating.words, "evaluate_labels": list(rating.labels),
        "area_code": rules.areas.get(rating.district, ""), "service_point": rating.point,
        "task_id": rating.matter, "org_code": rating.authority,
    }  # fmt: skip
