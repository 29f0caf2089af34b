"""Messages of applicants and holders."""

from __future__ import annotations

from engine.web.inbox import inbox_blueprint

blueprint = inbox_blueprint("applicant", {"certificates": "certificates.mine"}, "cases.view")
