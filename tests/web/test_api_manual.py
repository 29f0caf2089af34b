"""The worked example of the manual runs, line by line, against a served portal."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from engine.errors import CODES
from portal.api.contract import OPERATIONS, SCOPES
from portal.api.mount import ROUTES
from tests.web.api_world import INSTANT, World, pdf

ROOT = Path(__file__).parents[2]
MANUAL = (ROOT / "docs" / "接口.md").read_text(encoding="utf-8")
EXAMPLE, SHARING = (re.findall(r"```bash\n(.*?)```", part, re.S) for part in MANUAL.split("## 证照共享"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("api"))
    yield world
    world.close()


@pytest.fixture
def address(world: World) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, world.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/api/v1"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="needs curl and jq")
def test_the_worked_example_runs_as_it_stands(world: World, address: str, tmp_path: Path) -> None:
    (tmp_path / "平面图.pdf").write_bytes(pdf())
    environ = {
        "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "ZY": address, "TOKEN": world.tokens["hotel"],
        "MATTER": "api_sample", "MATERIAL": "plan", "FILE": "平面图.pdf", "ANSWERS": json.dumps(INSTANT),
    }  # fmt: skip
    *before, last = EXAMPLE
    # The certificate is made by the effects process, which here is this test, between the last two blocks.
    files = {"before.sh": "".join(before) + "declare -p CASE TOKEN ZY > names.sh\ndeclare -f call >> names.sh\n",
             "after.sh": ". ./names.sh\n" + last}  # fmt: skip
    told = ""
    for name, script in files.items():
        (tmp_path / name).write_text(script, encoding="utf-8")
        command = ["bash", "-euo", "pipefail", name]
        done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        told += done.stdout
        world.settle_effects()
    assert '"state": "valid"' in told


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="needs curl and jq")
def test_the_example_for_departments_runs_as_it_stands(world: World, address: str, tmp_path: Path) -> None:
    made = world.client().case("manual-sharing")["certificates"][0]
    world.settle_effects()
    environ = {
        "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "ZY": address, "DEPARTMENT_TOKEN": world.tokens["market"],
        "NUMBER": made["number"], "CONSENT": world.consent(made["id"], uses=1),
    }  # fmt: skip
    (tmp_path / "sharing.sh").write_text("".join(SHARING), encoding="utf-8")
    command = ["bash", "-euo", "pipefail", "sharing.sh"]
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"state": "valid"' in done.stdout and (tmp_path / "shared.pdf").read_bytes().startswith(b"%PDF")


def test_the_manual_names_only_codes_that_exist() -> None:
    named = set(re.findall(r"\b[ACFS]\d{3}\b", MANUAL))
    assert named <= set(CODES) and "A012" in named


def test_the_manual_names_only_addresses_that_exist() -> None:
    shapes = {(method, re.sub(r"<[^>]+>", "{}", path)) for method, path, _view in ROUTES}
    written = re.findall(r"(GET|POST|PUT|DELETE) (/[^\s`（，。]+)", MANUAL)
    named = {(method, re.sub(r"\{[^}]+\}", "{}", path)) for method, path in written}
    assert named <= shapes and named


def test_the_manual_explains_every_scope() -> None:
    assert {operation.scope for operation in OPERATIONS.values()} - {""} == set(SCOPES)
    assert all(f"| `{scope}` |" in MANUAL for scope in SCOPES)
