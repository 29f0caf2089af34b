"""What a person may do is decided in one place: nothing else compares roles, and every command of it is asked."""

from __future__ import annotations

import re
from pathlib import Path

from engine.services.permission import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
DECIDES = {
    "engine/services/permission.py", "engine/services/standing.py", "engine/services/separation.py",
    "engine/services/appointing.py", "engine/services/delegating.py",
}  # fmt: skip
# Shows or stores roles, or chooses which part of a page to draw; what is done there is asked again by the command.
SHOWS = {
    "engine/services/accounts.py", "engine/services/unmasking.py", "engine/services/organising.py",
    "engine/services/publishing_review.py", "engine/services/worklist.py", "engine/services/desk_access.py",
    "engine/worker/demo.py", "engine/commands/accounts.py", "engine/cli/accounts.py", "admin/matters.py",
    "admin/matters_studio.py", "admin/recalls.py", "admin/archives.py", "admin/safeguards.py", "admin/audit.py",
    "admin/audit_figures.py", "admin/audit_trace.py", "admin/case_watching.py", "admin/workbench.py",
    "admin/disputes.py", "admin/papers.py", "engine/services/inbox.py", "engine/services/sessions.py",
    "engine/services/staff_entry.py", "engine/services/message_sending.py",
    "admin/fieldwork.py", "admin/move_forms.py", "engine/services/colleagues.py", "engine/services/copies.py",
    "engine/services/opinion_templates.py", "admin/organisation.py", "admin/delegations.py", "admin/permissions.py",
    "admin/staff_accounts.py",
}  # fmt: skip
_ROLES = re.compile(r"account\.roles|in one\.roles|\bapart\(|account\.district\b.*(==|!=| in )")


def sources() -> dict[str, str]:
    folders = ("engine/services", "engine/web", "engine/commands", "engine/worker", "engine/cli", "admin", "portal")
    paths = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}


def test_nobody_else_compares_roles_or_districts() -> None:
    found = {path for path, text in sources().items() if _ROLES.search(text)}
    assert found - DECIDES - SHOWS == set()


def test_every_command_of_the_table_is_asked_somewhere() -> None:
    text = "\n".join(text for path, text in sources().items() if not path.endswith("services/permission.py"))
    assert [name for name in COMMANDS if f'"{name}"' not in text] == []
