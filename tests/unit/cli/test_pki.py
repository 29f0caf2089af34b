"""The commands of who administers certificates."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.bootstrap import migrate, opened
from engine.cli.root import cli
from engine.errors import ZhunyuError
from engine.ports.accounts import Account
from engine.settings import load
from engine.trust.pki.certificate import read_certificates
from engine.trust.pki.trust import read_list

PIN = "tide-2026\n"


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZHUNYU_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ZHUNYU_PEER_URL", "http://127.0.0.1:9")
    with opened(load()) as zhunyu:
        migrate(zhunyu)
        with zhunyu.store.write() as tx:
            tx.accounts.add(Account("A1", "li", "staff", "李示例", roles=("窗口",), district="黄浦区"), "x", "2026")
    return tmp_path


def run(*arguments: str, input: str = "") -> str:
    return CliRunner().invoke(cli, ["pki", *arguments], input=input, catch_exceptions=False).output


def test_a_certificate_is_issued_listed_revoked_and_on_the_revocation_list(installation: Path) -> None:
    assert "已就绪" in run("init") and "已签发工作人员签名证书：李示例" in run("issue", "officer", "li", input=PIN)
    with opened(load()) as zhunyu:
        kept, certificate = zhunyu.signing.authority.list("officer")[0]
    assert certificate.serial_text in run("list") and kept.holder == "A1"
    assert "已吊销 李示例" in run("revoke", certificate.serial_text, "--reason", "affiliation_changed")
    run("export-crl", str(installation / "list.crl"))
    root = read_certificates((installation / "list.cer").read_bytes())
    revoked = read_list((installation / "list.crl").read_bytes(), root).revoked
    assert revoked[certificate.serial].reason == "affiliation_changed"


def test_who_has_no_account_gets_no_certificate(installation: Path) -> None:
    with pytest.raises(ZhunyuError) as refused:
        run("issue", "officer", "nobody", input=PIN)
    assert refused.value.code == "A003"


def test_in_production_nothing_is_issued(installation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHUNYU_DEMO", "0")
    for arguments in (("init",), ("issue", "agency", "11310101000000000A")):
        with pytest.raises(ZhunyuError) as refused:
            run(*arguments)
        assert refused.value.code == "K007"


def test_a_file_that_is_no_certificate_is_not_enrolled(installation: Path) -> None:
    (installation / "x.cer").write_bytes(b"not a certificate")
    with pytest.raises(ZhunyuError) as refused:
        run("enrol", "officer", "li", str(installation / "x.cer"))
    assert refused.value.code == "K007"
