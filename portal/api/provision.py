"""Operations for the systems of other departments: certificates under a stated purpose, and the list of changes."""

from __future__ import annotations

import base64
import re

from flask import Response, g, request

from engine.decoding import converted
from engine.services.providing import Purpose
from portal.api.answers import pdf, unchanged
from portal.api.contract import OPERATIONS, operation
from portal.api.gate import session_now, zhunyu
from portal.api.shape import shown
from portal.api.shapes_provision import (
    ChangeList,
    ChangesAsked,
    HoldingsAsked,
    KeysShape,
    ProvidedCertificate,
    PurposeTaken,
    ReleaseAsked,
    StandingList,
    StandingShape,
    StatusAsked,
)

TAG, SCOPE = "证照共享", "provide"
_NONCE, _NONCE_FORM = "X-Zhunyu-Nonce", re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)


@operation(
    "核验状态", scope=SCOPE, answer=StandingShape, tag=TAG, takes="json", rate="120/minute",
    words="依法核验一张证照是否有效，不含照面。写明用途和法律依据，不需要持证人授权。",
)  # fmt: skip
def provision_status(json: StatusAsked) -> StandingShape:
    found = zhunyu().providing.status(session_now(), _purpose(json.purpose), json.number, json.holder_code)
    return shown(StandingShape, found)


@operation(
    "按持证单位核验", scope=SCOPE, answer=StandingList, tag=TAG, takes="json", rate="60/minute",
    words="一个单位持有某种证照的状态，不含照面。自然人的证照不能这样查。",
)  # fmt: skip
def provision_holdings(json: HoldingsAsked) -> StandingList:
    found = zhunyu().providing.held(session_now(), _purpose(json.purpose), json.holder_code, json.type)
    return StandingList(items=[shown(StandingShape, one) for one in found])


@operation(
    "取照面信息", scope=SCOPE, answer=ProvidedCertificate, tag=TAG, takes="json", rate="120/minute",
    words="凭持证人的授权码取证照的全部信息。同一办件编号再取不另计次数。",
)  # fmt: skip
def provision_certificate(json: ReleaseAsked) -> ProvidedCertificate:
    found, standing = zhunyu().providing.metadata(session_now(), _purpose(json.purpose), json.number, json.consent)
    return shown(ProvidedCertificate, found, state=standing.state, reason=standing.reason)


@operation(
    "取证照文件", scope=SCOPE, tag=TAG, takes="json", gives="application/pdf", rate="60/minute",
    words="凭持证人的授权码取已签章的文件。已注销、撤销的不提供。",
)  # fmt: skip
def provision_file(json: ReleaseAsked) -> Response:
    return pdf(zhunyu().providing.file(session_now(), _purpose(json.purpose), json.number, json.consent))


@operation(
    "变更清单", scope=SCOPE, answer=ChangeList, tag=TAG, rate="120/minute", cached=True,
    words="变更、注销、撤销的证照，编号连续，每页单独签名，可以保存和转存。把 until 放进 since 取下一页。",
)  # fmt: skip
def provision_changes(query: ChangesAsked) -> Response:
    page, until, more = zhunyu().providing.changes(query.since, query.limit)
    tag = f"{query.since}-{until}-{'more' if more else 'end'}"
    response = unchanged(tag) or Response(page, content_type="application/json")
    response.headers["ETag"] = f'"{tag}"'
    # A page that is full never changes again.
    response.headers["Cache-Control"] = f"private, max-age={86400 if more else 60}"
    return response


@operation(
    "核验签名的公钥", scope="", answer=KeysShape, tag=TAG, rate="60/minute",
    words="不需要令牌。首次使用时请另经可信的途径核对。",
)  # fmt: skip
def provision_keys() -> KeysShape:
    return KeysShape(**zhunyu().providing.keys.public())


def sign_answer(response: Response) -> Response:
    """Sign every answer to a department's system, refusals too, with the nonce it sent, so that none is replayed."""
    operation = OPERATIONS.get((request.endpoint or "").rpartition(".")[2])
    if operation is None or operation.scope != SCOPE or g.get("session") is None:
        return response
    product = zhunyu()
    given = request.headers.get(_NONCE, "")
    fresh = base64.urlsafe_b64encode(product.ids.random(18)).decode()
    response.headers.extend(
        product.providing.keys.answer(
            f"{request.method} {response.status_code}", request.full_path.rstrip("?"), response.get_data(),
            product.clock.now().isoformat(), given if _NONCE_FORM.fullmatch(given) else fresh,
        )
    )  # fmt: skip
    return response


def _purpose(taken: PurposeTaken) -> Purpose:
    return converted(taken.model_dump(), Purpose)
