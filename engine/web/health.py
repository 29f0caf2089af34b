"""`/healthz` the process lives, `/readyz` it can work, `/metrics` for Prometheus (this machine only)."""

from __future__ import annotations

from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from engine.web.access import access
from engine.web.logs import Meters, line


def register(app: Flask) -> None:
    """Add the three routes."""

    @access("public")
    def healthz() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @access("public")
    def readyz() -> Response:
        try:
            app.extensions["zhunyu"].accounts.session("readiness-probe")
        except Exception as error:  # any failure of the store means: send no visitors here
            line("not_ready", app=app.config["KIND"], error=type(error).__name__)
            return Response("not ready\n", status=503, mimetype="text/plain")
        return Response("ready\n", mimetype="text/plain")

    @access("local")
    def metrics() -> Response:
        meters: Meters = app.extensions["zhunyu_meters"]
        return Response(generate_latest(meters.registry), content_type=CONTENT_TYPE_LATEST)

    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)
    app.add_url_rule("/metrics", "metrics", metrics)
