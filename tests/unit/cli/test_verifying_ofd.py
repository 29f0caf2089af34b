"""`zhunyu verify` of an OFD, with a root certificate and a revocation list and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from engine import cli
from engine.trust.pki.certificate import write_pem
from engine.trust.pki.issuing import issue_list
from tests.unit.trust.ofd.sample import AUTHORITY, NOW, OFFICE, TERM, Authority, document

Verify = Callable[..., tuple[int, str]]


class Then:
    """A clock of the day of the sample."""

    def now(self) -> datetime:
        return NOW


def _trust(folder: Path, name: str, authority: Authority) -> Path:
    (folder / f"{name}.crl").write_bytes(issue_list(authority.root, authority.sign, 1, TERM, ()))
    (folder / f"{name}.cer").write_text(write_pem(authority.root), encoding="utf-8")
    return folder / f"{name}.cer"


@pytest.fixture
def verify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Verify:
    monkeypatch.setattr("engine.commands.verifying.SystemClock", Then)

    def call(data: bytes, key: Path, *more: str) -> tuple[int, str]:
        file = tmp_path / "证照.ofd"
        file.write_bytes(data)
        try:
            cli.main(("verify", str(file), "--key", str(key), *more))
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        told = capsys.readouterr()
        return code, told.out + told.err

    return call


def test_a_genuine_file_is_told_with_what_it_says(verify: Verify, tmp_path: Path) -> None:
    code, said = verify(document(), _trust(tmp_path, "信任", AUTHORITY), "--second")
    assert code == 0 and "有效" in said and OFFICE in said and "1号" in said and "2026-11-02T10:00:00+08:00" in said


def test_an_altered_file_fails_with_the_reason(verify: Verify, tmp_path: Path) -> None:
    code, said = verify(document()[:-1], _trust(tmp_path, "信任", AUTHORITY))
    assert code == 1 and "已被改动" in said


def test_a_file_of_a_stranger_fails_as_unknown(verify: Verify, tmp_path: Path) -> None:
    code, said = verify(document(), _trust(tmp_path, "别处", Authority()))
    assert code == 1 and "无法确认" in said


def test_without_a_revocation_list_nothing_is_confirmed(verify: Verify, tmp_path: Path) -> None:
    key = _trust(tmp_path, "信任", AUTHORITY)
    key.with_suffix(".crl").unlink()
    code, said = verify(document(), key)
    assert code == 1 and "吊销列表" in said


def test_a_key_file_that_is_no_certificate_is_refused_in_one_line(verify: Verify, tmp_path: Path) -> None:
    key = tmp_path / "x.cer"
    key.write_text("不是证书", encoding="utf-8")
    code, said = verify(document(), key)
    assert code == 1 and "K007" in said and "Traceback" not in said
