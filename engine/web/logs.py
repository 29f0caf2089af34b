"""One JSON line per request, without personal data: no path arguments, no names, no addresses, no form content."""

from __future__ import annotations

import logging
import re
import secrets
from time import perf_counter

import msgspec
from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram

logger = logging.getLogger("zhunyu.web")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class Meters:
    """The app's own metrics."""

    def __init__(self, kind: str) -> None:
        self.registry = CollectorRegistry()
        labels = ("app", "endpoint", "method", "status")
        self.requests = Counter("zhunyu_requests", "Requests answered.", labels, registry=self.registry)
        self.seconds = Histogram(
            "zhunyu_request_seconds", "Time to answer.", ("app", "endpoint"), registry=self.registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
        )  # fmt: skip
        self.kind = kind

    def count(self, endpoint: str, method: str, status: int, seconds: float) -> None:
        """One request answered."""
        self.requests.labels(self.kind, endpoint, method, str(status)).inc()
        self.seconds.labels(self.kind, endpoint).observe(seconds)


def register(app: Flask) -> None:
    """Give each request an id; log and count each answer."""
    meters = Meters(app.config["KIND"])
    app.extensions["zhunyu_meters"] = meters

    def begin() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        g.began = perf_counter()

    def end(response: Response) -> Response:
        seconds = perf_counter() - g.get("began", perf_counter())
        endpoint = request.endpoint or "-"
        meters.count(endpoint, request.method, response.status_code, seconds)
        if endpoint not in ("healthz", "readyz", "metrics", "static_file"):
            line("request", app=meters.kind, request=g.get("request_id", ""), endpoint=endpoint,
                 method=request.method, status=response.status_code, ms=round(seconds * 1000, 1))  # fmt: skip
        return response

    app.before_request(begin)
    app.after_request(end)


def line(event: str, **values: object) -> None:
    """Write one structured line."""
    logger.info(msgspec.json.encode({"event": event, **values}).decode())
