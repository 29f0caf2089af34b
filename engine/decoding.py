"""Reading typed values from JSON, and giving plain values their type: safe for any number of threads.

msgspec 0.22 works out a type when it is first decoded. A second thread that decodes it in that moment meets it half
made, and the process dies. So every type is worked out here once, by one thread at a time.
"""

from __future__ import annotations

import threading
from typing import Any, TypeVar, overload

import msgspec

_T = TypeVar("_T")
_MADE: dict[Any, msgspec.json.Decoder[Any]] = {}
_LOCK = threading.Lock()


@overload
def decoded(data: bytes | str, kind: type[_T]) -> _T: ...
@overload
def decoded(data: bytes | str, kind: Any) -> Any: ...
def decoded(data: bytes | str, kind: Any) -> Any:
    """The value of JSON; msgspec.DecodeError for what is no JSON, msgspec.ValidationError where it does not fit."""
    return _decoder(kind).decode(data)


def converted(value: Any, kind: type[_T]) -> _T:
    """Plain values as a type; msgspec.ValidationError where they do not fit it."""
    _decoder(kind)
    return msgspec.convert(value, kind)


def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    made = _MADE.get(kind)
    if made is None:
        with _LOCK:
            made = _MADE.setdefault(kind, msgspec.json.Decoder(kind))
    return made
