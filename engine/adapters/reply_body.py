"""Reading what another system answers: so many bytes, so many seconds, and not more."""

from __future__ import annotations

import time

import requests


class TooLong(Exception):
    """The answer was not complete in time."""


def read_body(reply: requests.Response, most: int, until: float) -> bytes:
    """The decoded body of a streamed reply, cut after `most` + 1 bytes.

    `until` is on the monotonic clock. The timeout of a connection only bounds the wait for the next byte: TooLong when
    a system sends its bytes one by one.
    """
    parts, size = list[bytes](), 0
    while size <= most:
        if time.monotonic() > until:
            raise TooLong
        part = reply.raw.read1(most + 1 - size, decode_content=True)
        if not part:
            break
        parts.append(part)
        size += len(part)
    return b"".join(parts)
