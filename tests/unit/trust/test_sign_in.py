"""Tickets of the office platform and challenges: only the genuine, only here, only now."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta, timezone

import msgspec
import pytest

from engine.errors import ZhunyuError
from engine.trust import sm2
from engine.trust.keys import SigningKey
from engine.trust.sign_in import Challenge, Ticket, answers, read_ticket, write_ticket

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8)))
AT = int(NOW.timestamp())
KEY = SigningKey("office-1", "audit", sm2.generate(secrets.token_bytes))
US, THEM = "https://zhunyu.example", "https://office.example"
CHALLENGE = Challenge("A", "digest", "登录", US, "nonce", "2026-11-23T09:10:00+08:00")


def ticket(by: SigningKey = KEY, **said: object) -> str:
    given = {"iss": THEM, "aud": US, "sub": "p-1", "name": "李示例", "unit": "U", "posts": ("审批",),
             "jti": "j" * 24, "iat": AT, "exp": AT + 60, "key": "office-1", **said}  # fmt: skip
    return write_ticket(Ticket(**given), by)  # type: ignore[arg-type]


def read(text: str) -> Ticket:
    return read_ticket(text, issuer=THEM, audience=US, trusted={"office-1": KEY.public}, now=NOW)


def test_a_genuine_ticket_says_who_comes() -> None:
    assert (read(ticket()).sub, read(ticket()).posts) == ("p-1", ("审批",))


def test_clocks_may_differ_by_half_a_minute() -> None:
    assert read(ticket(iat=AT + 29, exp=AT + 89)).sub == read(ticket(iat=AT - 89, exp=AT - 29)).sub == "p-1"


@pytest.mark.parametrize(
    "said",
    [
        {"aud": "https://other.example"}, {"iss": "https://other.example"}, {"key": "office-2"}, {"jti": "short"},
        {"sub": ""}, {"exp": AT + 301}, {"iat": AT + 31, "exp": AT + 60}, {"iat": AT - 100, "exp": AT - 30},
        {"iat": AT + 10, "exp": AT + 5},
    ],
)  # fmt: skip
def test_a_ticket_that_is_not_for_us_or_not_for_now_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(ZhunyuError, match="A011"):
        read(ticket(**said))


def test_a_ticket_of_another_key_is_refused() -> None:
    with pytest.raises(ZhunyuError, match="A011"):
        read(ticket(SigningKey("office-1", "audit", sm2.generate(secrets.token_bytes))))


def test_a_ticket_put_together_of_two_is_refused() -> None:
    with pytest.raises(ZhunyuError, match="A011"):
        read(f"{ticket(sub='p-2').partition('.')[0]}.{ticket().partition('.')[2]}")


@pytest.mark.parametrize("text", ["", ".", "a.b", "x" * 9000, "e30.e30", ticket().partition(".")[0], ticket() + "="])
def test_what_is_no_ticket_is_refused_in_words(text: str) -> None:
    with pytest.raises(ZhunyuError, match="A011"):
        read(text)


def test_a_ticket_is_no_answer_to_a_challenge() -> None:
    signature = ticket().partition(".")[2]
    assert not answers(CHALLENGE, KEY.public, base64.urlsafe_b64decode(signature + "=="))


def test_an_answer_holds_for_this_challenge_alone() -> None:
    made = KEY.sign(CHALLENGE.message())
    changed = [msgspec.structs.replace(CHALLENGE, **{name: "other"})
               for name in ("account", "session", "purpose", "origin", "nonce", "until")]  # fmt: skip
    assert answers(CHALLENGE, KEY.public, made) and not any(answers(one, KEY.public, made) for one in changed)
