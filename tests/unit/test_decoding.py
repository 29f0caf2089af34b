"""Types are worked out by one thread at a time: whoever decodes a type first, together with others, lives."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import msgspec

from engine.decoding import converted, decoded
from engine.model.case import Case
from tests.unit.pipeline.test_hearings import told

ROOT = Path(__file__).resolve().parents[2]
TOGETHER = """
import sys, threading
from engine.decoding import decoded
from engine.model.case import Case
sys.setswitchinterval(1e-6)  # threads take turns as often as they can
body, start, made = sys.stdin.buffer.read(), threading.Barrier(8), []
def read():
    start.wait()
    made.append(decoded(body, Case))
threads = [threading.Thread(target=read) for _ in range(8)]
for one in threads: one.start()
for one in threads: one.join()
assert len(made) == 8 and all(one == made[0] for one in made)
"""


def test_eight_threads_decode_a_type_for_the_first_time_together() -> None:
    body = msgspec.json.encode(told())
    for _ in range(4):  # without the lock two of three such processes die
        done = subprocess.run([sys.executable, "-c", TOGETHER], input=body, cwd=ROOT, capture_output=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, b"")


def test_a_value_comes_back_from_json_and_from_plain_values() -> None:
    case = told()
    assert decoded(msgspec.json.encode(case), Case) == converted(msgspec.to_builtins(case), Case) == case


def test_nothing_in_the_product_has_msgspec_work_out_a_type_elsewhere() -> None:
    found = [
        str(path.relative_to(ROOT)) for part in ("engine", "portal", "admin") for path in (ROOT / part).rglob("*.py")
        if path.name != "decoding.py"
        and re.search(r"msgspec\.(convert\(|(json|msgpack)\.decode\([^\n]*type=)", path.read_text(encoding="utf-8"))
    ]  # fmt: skip
    assert found == []
