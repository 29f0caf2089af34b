"""The WSGI entry of the sandbox peer."""

from __future__ import annotations

import os
from pathlib import Path

from deploy.sandbox.app import create_app

_ROOT = Path(__file__).resolve().parent.parent.parent

app = create_app(
    Path(os.environ["ZHUNYU_SANDBOX_DIR"]),
    Path(os.environ.get("ZHUNYU_SANDBOX_REGISTRY", str(_ROOT / "rules" / "demo" / "registry.yaml"))),
    Path(os.environ["ZHUNYU_SANDBOX_TRUSTED"]),
)
