"""The crypto service over HTTP, strict on both sides: what conforms works, and no fault is taken for an answer."""

from __future__ import annotations

import json
import os
import secrets
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import msgspec
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from werkzeug.serving import make_server

from deploy.sandbox.crypto import MAC, PROVIDER, ROOT, Service, create_app
from engine.adapters.breaker import Breaker
from engine.adapters.clock import SystemClock
from engine.adapters.crypto_remote import RemoteCrypto
from engine.adapters.crypto_settings import CryptoSettings, read_crypto_settings
from engine.adapters.keys_remote import RemoteAdmin
from engine.bootstrap import migrate, opened
from engine.errors import ZhunyuError
from engine.settings import load
from engine.trust import provider, sm2
from engine.trust.keys import PURPOSES, new_signing_key
from engine.trust.message import sign_message
from tests.flow.serving import served

CLIENT = new_signing_key("crypto", secrets.token_bytes)


@pytest.fixture
def service() -> Service:
    signing = {f"sign-{purpose}-1": new_signing_key(purpose, secrets.token_bytes) for purpose in PURPOSES}
    return Service({CLIENT.key_id: CLIENT.public}, signing)


@pytest.fixture
def address(service: Service) -> Iterator[str]:
    with served(create_app(service)) as found:
        yield found


def settings(service: Service, address: str) -> CryptoSettings:
    return CryptoSettings(
        url=address, client=CLIENT, service={service.own.key_id: service.own.public}, root=ROOT, mac=MAC,
        signing={purpose: (f"sign-{purpose}-1",) for purpose in PURPOSES}, timeouts=(0.5, 0.3),
    )  # fmt: skip


@pytest.fixture
def crypto(service: Service, address: str) -> RemoteCrypto:
    return RemoteCrypto(settings(service, address), SystemClock(), lambda _: None)


def test_the_service_passes_the_self_test_of_every_provider(crypto: RemoteCrypto) -> None:
    provider.self_test(crypto, secrets.token_bytes)
    assert crypto.provider == PROVIDER


def test_a_data_key_comes_back_for_its_owner_after_a_rotation_too(crypto: RemoteCrypto, service: Service) -> None:
    key, admin = secrets.token_bytes(16), RemoteAdmin(crypto)
    token = crypto.wrap(key, "case-1")
    assert (admin.rotate(), admin.roots()) == (2, (1, 2))
    assert crypto.unwrap(token, "case-1") == key
    assert provider.wrapped_under(crypto.wrap(key, "case-1")) == crypto.root_version == 2
    assert admin.retire({2}) == (1,)
    with pytest.raises(ZhunyuError, match="K004 密码服务拒绝"):
        crypto.unwrap(token, "case-1")
    with pytest.raises(ZhunyuError, match="K002 签名密钥由密码服务管理"):
        admin.rotate_signing("audit")


@pytest.mark.parametrize("fault", ["down", "signature", "partial", "rubbish", "another", "slow"])
def test_a_passing_fault_is_bridged_where_asking_twice_does_no_harm(
    crypto: RemoteCrypto, service: Service, fault: str
) -> None:
    token = crypto.wrap(b"k" * 16, "o")
    service.faults = [fault, fault]
    assert crypto.unwrap(token, "o") == b"k" * 16


@pytest.mark.parametrize("fault", ["down", "signature", "partial", "rubbish", "another", "slow"])
def test_no_fault_is_taken_for_an_answer(crypto: RemoteCrypto, service: Service, fault: str) -> None:
    service.faults, service.asked = [fault], []
    with pytest.raises(ZhunyuError, match="S006 密码服务不可用"):
        crypto.signer("audit").sign(b"message")
    assert service.asked in (["sign"], [])  # never twice


def test_a_signature_of_another_key_is_not_accepted(crypto: RemoteCrypto, service: Service) -> None:
    service.signing["sign-audit-1"] = new_signing_key("audit", secrets.token_bytes)
    with pytest.raises(ZhunyuError, match="K002 密码服务给出的签名核验未通过"):
        crypto.signer("audit").sign(b"message")


def test_after_five_failures_nothing_is_asked_for_a_while(crypto: RemoteCrypto, service: Service) -> None:
    service.faults = ["down"] * 9
    for _ in range(2):
        with pytest.raises(ZhunyuError, match="S006"):
            crypto.secret("a", "b")
    left = list(service.faults)
    with pytest.raises(ZhunyuError, match="连续失败，暂停调用"):
        crypto.secret("a", "b")
    assert service.faults == left == ["down"] * 4


def test_a_breaker_lets_one_call_try_whether_it_is_over() -> None:
    now = [0.0]
    breaker = Breaker(2, 10.0, lambda: now[0])
    for _ in range(2):
        breaker.failed()
    assert not breaker.allows()
    now[0] = 10.0
    assert [breaker.allows(), breaker.allows()] == [True, False]
    breaker.succeeded()
    assert breaker.allows()


def test_a_service_that_is_not_there_is_an_outage(service: Service) -> None:
    with pytest.raises(ZhunyuError, match="S006 密码服务不可用：连接不上"):
        RemoteCrypto(settings(service, "http://127.0.0.1:9"), SystemClock(), lambda _: None)


def post(address: str, operation: str, body: bytes, key: object = CLIENT, **changed: str) -> int:
    at = datetime.now(UTC).isoformat()
    headers = sign_message(key, "POST", f"/v1/{operation}", body, at, secrets.token_urlsafe(18))  # type: ignore[arg-type]
    return requests.post(f"{address}/v1/{operation}", data=body, headers={**headers, **changed}, timeout=5).status_code


@pytest.mark.parametrize(
    ("operation", "body", "status"),
    [
        ("info", b"{}", 200), ("info", b'{"more":1}', 422), ("sign", b"{}", 422), ("unknown", b"{}", 422),
        ("info", b"[]", 422), ("info", b"{", 422), ("public", b'{"key":"root-1"}', 422),
        ("wrap", b'{"context":"o","data":"a2V5","key":"root-1"}', 422),
        ("wrap", b'{"context":"o","data":"YWFhYWFhYWFhYWFhYWFhYQ==","key":"mac-1"}', 422),
        ("sign", b'{"key":"sign-audit-1","message":"?"}', 422), ("mac", b'{"data":1,"key":"mac-1"}', 422),
    ],
)  # fmt: skip
def test_the_service_refuses_whatever_does_not_conform(address: str, operation: str, body: bytes, status: int) -> None:
    assert post(address, operation, body) == status


def test_the_service_refuses_strangers_and_altered_requests(address: str) -> None:
    stranger = new_signing_key("crypto", secrets.token_bytes)
    assert post(address, "info", b"{}", stranger) == 401
    assert post(address, "info", b"{}", **{"X-Zhunyu-Timestamp": "2020-01-01T00:00:00+08:00"}) == 401
    assert requests.post(f"{address}/v1/info", data=b"{}", timeout=5).status_code == 401


def test_a_request_is_not_answered_twice(address: str) -> None:
    at = datetime.now(UTC).isoformat()
    headers = sign_message(CLIENT, "POST", "/v1/info", b"{}", at, secrets.token_urlsafe(18))
    sent = [requests.post(f"{address}/v1/info", data=b"{}", headers=headers, timeout=5).status_code for _ in range(2)]
    assert sent == [200, 401]


def agreed(folder: Path, service: Service, **more: object) -> Path:
    """The file of settings, as an operator writes it."""
    folder.mkdir(exist_ok=True)
    key, path = folder / "client.pem", folder / "crypto.json"
    key.write_text(CLIENT.private.to_pem(), encoding="ascii")
    content = {
        "client": CLIENT.key_id, "client_key": "client.pem", "service": {service.own.key_id: service.own.public.hex()},
        "root": ROOT, "mac": MAC, "signing": {purpose: [f"sign-{purpose}-1"] for purpose in PURPOSES}, **more,
    }  # fmt: skip
    path.write_text(json.dumps(content), encoding="utf-8")
    key.chmod(0o600)
    path.chmod(0o600)
    return path


def test_an_installation_runs_on_the_service_and_keeps_no_key_of_its_own(
    address: str, service: Service, tmp_path: Path
) -> None:
    environ = {
        "ZHUNYU_DATA_DIR": str(tmp_path / "data"), "ZHUNYU_CRYPTO": "remote", "ZHUNYU_CRYPTO_URL": address,
        "ZHUNYU_CRYPTO_CONFIG": str(agreed(tmp_path / "agreed", service)),
    }  # fmt: skip
    with opened(load(environ)) as zhunyu:
        migrate(zhunyu)
        zhunyu.files.put("documents/a", b"content")
        with zhunyu.store.write() as tx:
            kept = tx.keys.get("files")
        assert kept is not None and kept.provider == PROVIDER and zhunyu.files.get("documents/a") == b"content"
        found = zhunyu.keys.rotate(actor="sec")
        assert (found.root, found.keys) == (2, 1) and zhunyu.files.get("documents/a") == b"content"
        zhunyu.history.seal_pending()
        assert zhunyu.history.verify().faults == ()
    assert not (tmp_path / "data" / "keys" / "keystore").exists()


def test_settings_others_may_read_are_refused(service: Service, tmp_path: Path) -> None:
    path = agreed(tmp_path, service)
    (tmp_path / "client.pem").chmod(0o644)
    with pytest.raises(ZhunyuError, match=r"S001 .*client.pem 的权限过宽"):
        read_crypto_settings("http://x", path)


def test_settings_that_cannot_be_read_are_told_with_their_file(tmp_path: Path) -> None:
    with pytest.raises(ZhunyuError, match=r"S001 密码服务的配置 .*crypto.json 无法使用"):
        read_crypto_settings("http://x", tmp_path / "crypto.json")
    with pytest.raises(ZhunyuError, match="S001 ZHUNYU_CRYPTO_URL"):
        load({"ZHUNYU_DATA_DIR": str(tmp_path), "ZHUNYU_CRYPTO": "remote"})


def test_the_settings_and_the_service_show_no_key(crypto: RemoteCrypto, service: Service, address: str) -> None:
    secret = CLIENT.private.scalar
    shown = f"{settings(service, address)!r} {crypto!r} {crypto.signer('audit')!r} {CLIENT!r}"
    assert secret.hex() not in shown and repr(secret) not in shown


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-signed certificate for the loopback address, and its key."""
    key, who = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    plain = serialization.NoEncryption()
    pem, private = folder / f"{name}.pem", folder / f"{name}.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    os.chmod(private, 0o600)
    return pem, private


def test_both_sides_prove_themselves_by_certificate(service: Service, tmp_path: Path) -> None:
    (own, own_key), (theirs, _) = certificate(tmp_path, "server"), certificate(tmp_path, "client")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own, own_key)
    context.load_verify_locations(theirs)
    context.verify_mode = ssl.CERT_REQUIRED
    server = make_server("127.0.0.1", 0, create_app(service), threaded=True, ssl_context=context)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        url = f"https://127.0.0.1:{server.server_port}"
        path = agreed(tmp_path, service, ca="server.pem", certificate=["client.pem", "client.key"])
        # `agreed` wrote the signing key under the name of the certificate: give each its own file.
        (tmp_path / "signer.pem").write_text(CLIENT.private.to_pem(), encoding="ascii")
        (tmp_path / "signer.pem").chmod(0o600)
        certificate_pem, _ = certificate(tmp_path, "client2")
        context.load_verify_locations(certificate_pem)
        more = {"client_key": "signer.pem", "certificate": ["client2.pem", "client2.key"]}
        content = json.loads(path.read_text()) | more
        path.write_text(json.dumps(content), encoding="utf-8")
        good = read_crypto_settings(url, path)
        assert RemoteCrypto(good, SystemClock(), lambda _: None).provider == PROVIDER
        for wrong in (msgspec.structs.replace(good, certificate=None), msgspec.structs.replace(good, ca="")):
            with pytest.raises(ZhunyuError, match="S006 密码服务不可用"):
                RemoteCrypto(wrong, SystemClock(), lambda _: None)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_signature_is_verified_by_its_public_key(crypto: RemoteCrypto) -> None:
    signer = crypto.signer("decision")
    assert sm2.verify(crypto.trusted("decision")[signer.key_id], b"m", signer.sign(b"m"))
