"""Sign-in with the city's account against an identity provider on the loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wrappers import Request, Response

from engine.adapters.identity import OidcProvider, identity_of
from engine.errors import ZhunyuError
from engine.model.people import Subject
from engine.model.sign_in import Came
from engine.ports.accounts import Account, Represented
from engine.ports.identity import Challenge, Identity
from engine.services.accounts import Session
from engine.web.city import register_city
from tests.web.kit import Host, People, small_app

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8)))
BACK = "http://portal.example/login/city/return"
HOTEL = {"code": "91310101MA1FP0001X", "name": "上海示例泊云酒店有限公司", "role": "法定代表人"}


class StillClock:
    def now(self) -> datetime:
        return NOW


class City:
    """An issuer; `claims` changes what it puts into the next ID token, `key` with what it signs."""

    def __init__(self) -> None:
        self.known = self.key = ECKey.generate_key("P-256", {"kid": "one"})
        self.claims: dict[str, object] = {}
        self.asked: dict[str, str] = {}
        self.issuer = ""

    def __call__(self, environ: object, start: object) -> object:
        request = Request(environ)  # type: ignore[arg-type]
        if request.path == "/token":
            self.asked = request.form.to_dict()
            answer: dict[str, object] = {"access_token": "x", "token_type": "Bearer", "id_token": self._token()}
        elif request.path == "/keys":
            answer = {"keys": [self.known.as_dict(private=False)]}
        else:
            answer = {"issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
                      "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys"}  # fmt: skip
        import json

        return Response(json.dumps(answer), mimetype="application/json")(environ, start)  # type: ignore[arg-type]

    def _token(self) -> str:
        claims = {"iss": self.issuer, "aud": "zhunyu", "sub": "u-1", "name": "陈示安", "acr": "L3",
                  "phone_number": "13800000001", "id_no": "310101197102111016", "organizations": [HOTEL],
                  "iat": int(NOW.timestamp()), "exp": int(NOW.timestamp()) + 300, **self.claims}  # fmt: skip
        return jwt.encode({"alg": "ES256", "kid": "one"}, claims, self.key)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[City, BaseWSGIServer]]:
    city = City()
    server = make_server("127.0.0.1", 0, city)  # type: ignore[arg-type]
    city.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield city, server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def city(server: tuple[City, BaseWSGIServer]) -> City:
    server[0].claims, server[0].key = {}, server[0].known
    return server[0]


def provider(city: City) -> OidcProvider:
    return OidcProvider(issuer=city.issuer, client_id="zhunyu", client_secret="s", clock=StillClock())


def came_back(city: City, state: str | None = None, **claims: object) -> Identity:
    one = provider(city)
    challenge = one.begin(BACK)
    city.claims = {"nonce": challenge.nonce, **claims}
    return one.finish(challenge, BACK, f"{BACK}?code=abc&state={state or challenge.state}")


def test_the_visitor_is_sent_to_the_provider_with_pkce_and_nonce(city: City) -> None:
    query = parse_qs(urlsplit(provider(city).begin(BACK).url).query)
    assert (query["code_challenge_method"], query["redirect_uri"], "nonce" in query) == (["S256"], [BACK], True)


def test_the_answer_tells_who_it_is_and_for_whom_they_act(city: City) -> None:
    identity = came_back(city)
    assert (identity.level, identity.phone_masked, [one.authority for one in identity.represents]) == (
        3, "138****0001", ["法定代表人", "本人"],
    )  # fmt: skip


def test_the_verifier_of_the_sign_in_is_sent_with_the_code(city: City) -> None:
    came_back(city)
    assert len(city.asked["code_verifier"]) >= 43


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "other"}, {"aud": "someone"}, {"iss": "http://evil.example"}, {"exp": int(NOW.timestamp()) - 3600},
        {"exp": int(NOW.timestamp()) - 61}, {"iat": int(NOW.timestamp()) + 3600}, {"sub": ""}, {"iat": None},
        {"aud": ["zhunyu", "another"]}, {"azp": "another"},
    ],
)  # fmt: skip
def test_an_id_token_that_does_not_fit_is_refused(city: City, claims: dict[str, object]) -> None:
    with pytest.raises(ZhunyuError, match="A011"):
        came_back(city, **claims)


def test_an_answer_to_another_sign_in_is_refused(city: City) -> None:
    with pytest.raises(ZhunyuError, match="A011"):
        came_back(city, state="other")


def test_an_id_token_signed_with_an_unknown_key_is_refused(city: City) -> None:
    city.key = ECKey.generate_key("P-256", {"kid": "one"})
    with pytest.raises(ZhunyuError, match="A011"):
        came_back(city)


def test_clocks_may_differ_by_a_minute(city: City) -> None:
    assert came_back(city, exp=int(NOW.timestamp()) - 50, iat=int(NOW.timestamp()) + 50).subject == "u-1"


def test_an_answer_that_names_another_issuer_is_refused(city: City) -> None:
    one = provider(city)
    challenge = one.begin(BACK)
    city.claims = {"nonce": challenge.nonce}
    with pytest.raises(ZhunyuError, match="A011"):
        one.finish(challenge, BACK, f"{BACK}?code=abc&state={challenge.state}&iss=http%3A%2F%2Fevil.example")


def test_an_outage_is_told_as_one() -> None:
    lost = OidcProvider(issuer="http://127.0.0.1:9", client_id="zhunyu", client_secret="s", clock=StillClock())
    with pytest.raises(ZhunyuError, match="S006"):
        lost.begin(BACK)


def test_an_organisation_with_an_unknown_role_is_not_represented() -> None:
    assert identity_of({"sub": "u", "organizations": [{**HOTEL, "role": "前台"}]}).represents == ()


class KnowsOne:
    """A provider in memory."""

    def begin(self, return_url: str) -> Challenge:
        return Challenge(f"https://id.example/authorize?back={return_url}", "state", "nonce", "verifier")

    def finish(self, challenge: Challenge, return_url: str, answer: str) -> Identity:
        assert (challenge.verifier, "code=abc" in answer) == ("verifier", True)
        own = Represented(Subject("自然人", "310101197102111016", "陈示安"), "本人")
        return Identity("u-1", "陈示安", 3, "", (own,))


class Opens(People):
    def __init__(self) -> None:
        self.used: set[str] = set()

    def use_once(self, kind: str, value: str, came: Came) -> None:
        if value in self.used:
            raise ZhunyuError("A011", "这次登录已经用过。", "", status=401)
        self.used.add(value)

    def sign_in_as(self, identity: Identity, came: Came) -> Session:
        account = Account(id=identity.subject, login="oidc:u-1", kind="applicant", name=identity.name)
        return Session("applicant", account, None, "", "")


def test_a_browser_that_began_the_sign_in_is_signed_in() -> None:
    host = Host()
    host.accounts = Opens()
    app = small_app()
    app.extensions["zhunyu"] = host
    register_city(app, KnowsOne())
    client = app.test_client()
    left = client.get("/login/city?next=/mine")
    back = client.get("/login/city/return?code=abc&state=state")
    assert (left.status_code, back.location, client.get("/mine").status_code) == (303, "/mine", 200)


def test_an_answer_that_was_used_is_refused_even_with_the_cookie_of_before() -> None:
    host = Host()
    host.accounts = Opens()
    app = small_app()
    app.extensions["zhunyu"] = host
    register_city(app, KnowsOne())
    client = app.test_client()
    client.get("/login/city")
    before = client.get_cookie("zhunyu_portal")
    assert before is not None
    assert client.get("/login/city/return?code=abc&state=state").status_code == 303
    client.set_cookie("zhunyu_portal", before.value)
    assert client.get("/login/city/return?code=abc&state=state").status_code == 401


def test_an_answer_without_a_sign_in_under_way_is_refused() -> None:
    app = small_app()
    register_city(app, KnowsOne())
    assert app.test_client().get("/login/city/return?code=abc&state=state").status_code == 401
