"""Waking Celery workers on commit. A broker that is away costs nothing: beat looks every second."""

from __future__ import annotations

import contextlib
from typing import Any

_TASKS = (("zhunyu.seal", "seal"), ("zhunyu.push", "push"))


class CeleryWaker:
    """Sends one short-lived message per queue."""

    def __init__(self, broker_url: str) -> None:
        self._broker_url = broker_url
        self._app: Any = None

    def wake(self) -> None:
        """Return at once, also when the broker does not answer."""
        if self._app is None:
            from celery import Celery

            self._app = Celery("zhunyu-waker", broker=self._broker_url)
            self._app.conf.update(
                broker_connection_timeout=0.3,
                broker_transport_options={"socket_connect_timeout": 0.3, "socket_timeout": 0.3, "max_retries": 0},
            )
        for task, queue in _TASKS:
            with contextlib.suppress(Exception):
                self._app.send_task(task, queue=queue, expires=30, ignore_result=True, retry=False)

    def close(self) -> None:
        """Give the connections to the broker back."""
        if self._app is not None:
            self._app.close()
