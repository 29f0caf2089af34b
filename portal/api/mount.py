"""The table of routes, and where the API is hung into the portal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, Response, g, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from engine.errors import ZhunyuError
from engine.web import errors
from portal.api import (
    account,
    cases,
    certificates,
    document,
    drafts,
    gate,
    handovers,
    matters,
    problem,
    provision,
    supplements,
)

PREFIX = "/api/v1"
Route = tuple[str, str, Callable[..., Any]]
ROUTES: tuple[Route, ...] = (
    ("GET", "/openapi.json", document.openapi),
    ("GET", "/docs", document.docs),
    ("GET", "/account", account.read_account),
    ("GET", "/matters", matters.search_matters),
    ("GET", "/matters/<matter_id>", matters.read_matter),
    ("GET", "/matters/<matter_id>/choices", matters.list_choices),
    ("GET", "/drafts", drafts.list_drafts),
    ("POST", "/drafts", drafts.start_draft),
    ("GET", "/drafts/<draft_id>", drafts.read_draft),
    ("DELETE", "/drafts/<draft_id>", drafts.delete_draft),
    ("PUT", "/drafts/<draft_id>/answers", drafts.save_answers),
    ("POST", "/drafts/<draft_id>/precheck", drafts.precheck),
    ("POST", "/drafts/<draft_id>/verifications", drafts.verify_fact),
    ("POST", "/drafts/<draft_id>/move", drafts.move_draft),
    ("POST", "/drafts/<draft_id>/materials/<material_id>/files", drafts.upload_material),
    ("DELETE", "/drafts/<draft_id>/materials/<material_id>/files/<upload_id>", drafts.remove_upload),
    ("GET", "/drafts/<draft_id>/files/<upload_id>", drafts.read_upload),
    ("GET", "/cases", cases.list_cases),
    ("POST", "/cases", cases.submit_case),
    ("GET", "/cases/<case_id>", cases.read_case),
    ("GET", "/cases/<case_id>/timeline", cases.read_timeline),
    ("GET", "/cases/<case_id>/files/<upload_id>", cases.read_case_file),
    ("POST", "/cases/<case_id>/withdrawal", cases.withdraw_case),
    ("POST", "/cases/<case_id>/delivery", cases.sign_for_case),
    ("POST", "/cases/<case_id>/supplement", supplements.answer_supplement),
    ("POST", "/cases/<case_id>/supplement/materials/<material_id>/files", supplements.upload_supplement),
    ("GET", "/cases/<case_id>/documents/<any(receipt, decision, supplement):kind>", cases.download_document),
    ("GET", "/certificates", certificates.list_certificates),
    ("GET", "/certificates/<certificate_id>", certificates.read_certificate),
    ("GET", "/certificates/<certificate_id>/file", certificates.download_certificate),
    ("GET", "/certificates/<certificate_id>/legal", certificates.download_legal),
    ("GET", "/verification", certificates.verify_number),
    ("POST", "/verification", certificates.verify_file),
    ("POST", "/handovers", handovers.take_handover),
    ("GET", "/handovers/<outside_number>", handovers.read_handover),
    ("POST", "/provision/status", provision.provision_status),
    ("POST", "/provision/holdings", provision.provision_holdings),
    ("POST", "/provision/certificate", provision.provision_certificate),
    ("POST", "/provision/file", provision.provision_file),
    ("GET", "/provision/changes", provision.provision_changes),
    ("GET", "/provision/keys", provision.provision_keys),
)


def mount(app: Flask) -> None:
    """Hang the API into the app."""
    api = Blueprint("api", "portal.api", url_prefix=PREFIX, template_folder="templates")
    for method, path, view in ROUTES:
        api.add_url_rule(path, view.__name__, view, methods=[method], provide_automatic_options=False)
    api.before_request(gate.begin)
    api.after_request(gate.finish)
    api.after_request(provision.sign_answer)
    api.register_error_handler(ZhunyuError, problem.product)
    api.register_error_handler(HTTPException, problem.http)
    api.register_error_handler(CSRFError, problem.http)
    api.register_error_handler(Exception, problem.defect)
    app.register_blueprint(api)
    app.register_error_handler(NotFound, _no_route)
    app.register_error_handler(MethodNotAllowed, _no_route)


def _no_route(error: Exception) -> Response:
    # An address that no route fits belongs to no blueprint, so its handlers do not see it.
    assert isinstance(error, HTTPException)
    if request.path.startswith(f"{PREFIX}/"):
        g.setdefault("session", None)
        return problem.http(error)
    status = error.code or 404
    response = errors.answer(status, *errors.TITLES[status])
    response.headers.extend(problem.allow_header(error) if status == 405 else [])
    return response
