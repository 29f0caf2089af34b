"""How an operation of the API is declared: who may call it, how often, what it takes, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel
from spectree import Response, SecurityScheme, SpecTree
from spectree.models import SecureType, SecuritySchemeData

from engine.web.access import access
from engine.web.limiting import limited
from portal.api.problem import Problem, contract_error

View = TypeVar("View", bound=Callable[..., Any])
REFUSALS = (400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503)
_WITH_TOKEN = frozenset({401, 403, 409, 422})
_WITH_BODY = frozenset({413, 415})
SCOPES = {
    "read": "查看事项、草稿、办件和证照", "write": "填写、提交、撤回和补正",
    "provide": "其他部门的系统核验和取用证照", "transfer": "其他系统转入办件",
}  # fmt: skip


@dataclass(frozen=True)
class Operation:
    """What the document says of an operation beyond its models.

    `scope` is read | write | provide | transfer, "" for everyone. `takes`: json | file | "" for the request body.
    `gives` is the media type of a file answer, "" for JSON. `cached`: the answer has an ETag and 304 is possible.
    `refusals` are the statuses it may refuse with.
    """

    name: str
    title: str
    words: str
    scope: str
    takes: str
    gives: str
    cached: bool
    refusals: tuple[int, ...]


OPERATIONS: dict[str, Operation] = {}


def _refusals(scope: str, takes: str) -> tuple[int, ...]:
    without = (frozenset() if scope else _WITH_TOKEN) | (frozenset() if takes else _WITH_BODY)
    return tuple(code for code in REFUSALS if code not in without)


def _refuse_misfit(req: Any, resp: Any, error: Any, instance: Any, adapter: Any) -> None:
    if error is not None:
        raise contract_error(error.errors(include_url=False, include_context=False, include_input=False))


spec = SpecTree(
    "flask",
    mode="strict",
    title="准予 政务审批服务接口",
    version="1.0",
    description="与门户同样的事：查事项、填草稿、预审、提交、看进度、补正、领证和验证。",
    before=_refuse_misfit,
    validation_error_status=400,
    validation_error_model=Problem,
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda parent, child: child,
    security_schemes=[
        SecurityScheme(
            name="bearer",
            data=SecuritySchemeData(
                type=SecureType.HTTP, scheme="bearer", description="接入令牌：Authorization: Bearer zy_…"
            ),
        )
    ],
)


def operation(
    title: str,
    *,
    scope: str,
    answer: type[BaseModel] | None = None,
    status: int = 200,
    tag: str,
    rate: str = "600/minute",
    takes: str = "",
    gives: str = "",
    cached: bool = False,
    words: str = "",
) -> Callable[[View], View]:
    """Declare a view as an operation.

    `answer` is the model of the JSON answer, None for an empty or a file answer. Raises ValueError for a name that
    is used twice.
    """

    def declare(view: View) -> View:
        if view.__name__ in OPERATIONS:
            raise ValueError(f"operation {view.__name__} is declared twice")
        refusals = _refusals(scope, takes)
        OPERATIONS[view.__name__] = Operation(view.__name__, title, words, scope, takes, gives, cached, refusals)
        models: Any = {f"HTTP_{status}": answer}
        checked = spec.validate(
            resp=Response(**models), tags=(tag,), operation_id=view.__name__,
            security=[{"bearer": [scope]}] if scope else [],
        )(view)  # fmt: skip
        guarded: View = access(f"api:{scope}" if scope else "public")(limited(rate, "account")(checked))
        return guarded

    return declare
