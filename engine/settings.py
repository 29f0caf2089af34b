"""The settings, read once from the environment (ZHUNYU_*); without any, one machine runs everything."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import msgspec

from engine.errors import ZhunyuError
from engine.model.sign_in import POLICIES, SignInRules

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = "0.1.0"  # the program's version, as `zhunyu --version` and receipts name it
_APPS = {"all": ("portal", "admin"), "portal": ("portal",), "admin": ("admin",)}
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


class AuditLimits(msgspec.Struct, frozen=True):
    """When something stands out in the analysis of the logs: outside the hours from `first` until before `last`; data
    of `subjects` in an hour; `failures` of a login or an address and `privileges` of a person and kind in a day."""

    first: int = 7
    last: int = 20
    subjects: int = 30
    failures: int = 5
    privileges: int = 10


class StaffSources(msgspec.Struct, frozen=True):
    """Outside systems that staff come from: `issuer` is their identity provider with our `client` and `secret` there,
    `office` the issuer of the office platform's tickets, whose public keys are in `trusted`; `table` says who is who.
    """

    issuer: str = ""
    client: str = ""
    secret: str = ""
    office: str = ""
    trusted: Path = ROOT / "data" / "sandbox" / "office-trusted.json"
    table: Path = ROOT / "rules" / "staff.yaml"

    def __repr__(self) -> str:
        return f"StaffSources(issuer={self.issuer!r}, office={self.office!r})"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything an installation may set.

    `port` is the web server's; the sandbox peer listens on `peer_port`. `registry_url` and `peer_url` are the base
    addresses of the fact registries and of the systems pushed to. `second_share` N: the independent verifier checks
    the first certificate after a start and then one in N. `worker` embedded | celery. `secret` signs sessions.
    `crypto` software | remote: who holds the root and signing keys; `crypto_url` and `crypto_config` are the service's.
    `apps` are the Flask apps of this network zone.
    `message_url` is the gateway for SMS, office platform and mail.
    `archive_url` is the archive that packages are handed over to, `archive_trusted` the file of its public keys.
    `home` holds the folders `matters` and `rules`. `custodian` is the folder or address checkpoints are handed to.
    `signing` required | optional | off; `signature_url` is the service that holds applicants' and officers' keys,
    `trust_dir` has the certificates of authorities that are relied on;
    `development_ca` lets the installation issue certificates itself. `sign_in` are the rules of signing in, `staff`
    the outside systems whose people come in.
    """

    data_dir: Path
    database_url: str
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    peer_port: int = 8001
    peer_url: str = ""
    registry_url: str = ""
    sandbox: bool = True
    secret: str = ""
    key_passphrase: str = ""
    worker: str = "embedded"
    broker_url: str = ""
    second_share: int = 20
    web_workers: int = 1
    web_threads: int = 8
    cookie_secure: bool = False
    log_level: str = "INFO"
    proxies: int = 0
    cache_url: str = ""
    oidc_issuer: str = ""
    oidc_client: str = ""
    oidc_secret: str = ""
    crypto: str = "software"
    crypto_url: str = ""
    crypto_config: Path = Path()
    demo: bool = True
    apps: tuple[str, ...] = ("portal", "admin")
    home: Path = ROOT
    custodian: str = ""
    audit: AuditLimits = AuditLimits()
    archive_url: str = ""
    message_url: str = ""
    archive_trusted: Path = ROOT / "data" / "sandbox" / "archive-trusted.json"
    signing: str = "required"
    signature_url: str = ""
    trust_dir: Path = ROOT / "data" / "trust"
    development_ca: bool = True
    sign_in: SignInRules = SignInRules()
    staff: StaffSources = StaffSources()

    def __repr__(self) -> str:
        return f"Settings(data_dir={self.data_dir}, port={self.port}, worker={self.worker})"


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of an environment, with the data directory and the secrets made where they are not there yet.

    ZhunyuError S001 for a value that cannot be read or is not permitted, S004 for a data directory that cannot
    be written.
    """
    given = _Given(os.environ if environ is None else environ)
    data_dir = _writable(Path(given.text("DATA_DIR", "data")).expanduser().absolute())
    host, port = given.text("HOST", "127.0.0.1"), given.number("PORT", 8000, 1, 65535)
    peer_port = given.number("PEER_PORT", port + 1 if port < 65535 else port - 1, 1, 65535)
    peer_url = given.address("PEER_URL", f"http://127.0.0.1:{peer_port}")
    worker = given.choice("WORKER", "embedded", ("embedded", "celery"))
    broker_url = given.text("BROKER_URL", "")
    if worker == "celery" and not broker_url:
        raise ZhunyuError(
            "S001", "ZHUNYU_WORKER=celery 时须给出 ZHUNYU_BROKER_URL。", "例如 redis://127.0.0.1:6379/0。"
        )
    crypto, crypto_url, crypto_config = _crypto(given, data_dir)
    sandbox = given.flag("SANDBOX", not given.text("PEER_URL", ""))
    return Settings(
        data_dir=data_dir,
        database_url=given.text("DATABASE_URL", f"sqlite:///{data_dir / 'zhunyu.db'}"),
        host=host,
        port=port,
        public_url=given.address("PUBLIC_URL", f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"),
        peer_port=peer_port,
        peer_url=peer_url,
        registry_url=given.address("REGISTRY_URL", peer_url),
        sandbox=sandbox,
        secret=given.text("SECRET", "") or kept_secret(data_dir / "session.key"),
        key_passphrase=given.text("KEY_PASSPHRASE", "") or kept_secret(data_dir / "keys" / "passphrase"),
        worker=worker,
        broker_url=broker_url,
        second_share=given.number("SECOND_SHARE", 20, 1, 1_000_000),
        web_workers=given.number("WEB_WORKERS", 1, 1, 64),
        web_threads=given.number("WEB_THREADS", 8, 1, 256),
        cookie_secure=given.flag("COOKIE_SECURE", False),
        proxies=given.number("PROXIES", 0, 0, 5),
        cache_url=given.text("CACHE_URL", ""),
        oidc_issuer=given.text("OIDC_ISSUER", ""),
        oidc_client=given.text("OIDC_CLIENT", ""),
        oidc_secret=given.text("OIDC_SECRET", ""),
        crypto=crypto, crypto_url=crypto_url, crypto_config=crypto_config,
        log_level=given.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
        demo=given.flag("DEMO", True),
        apps=_APPS[given.choice("APPS", "all", tuple(_APPS))],
        custodian=_custodian(given, peer_url),
        audit=_audit(given),
        archive_url=given.address("ARCHIVE_URL", peer_url), message_url=given.address("MESSAGE_URL", peer_url),
        archive_trusted=Path(
            given.text("ARCHIVE_TRUSTED", str(data_dir / "sandbox" / "archive-trusted.json"))
        ).expanduser().absolute(),
        signing=given.choice("SIGNING", "required", ("required", "optional", "off")),
        signature_url=given.text("SIGNATURE_URL", peer_url if sandbox else ""),
        trust_dir=Path(given.text("TRUST_DIR", str(data_dir / "trust"))).expanduser().absolute(),
        development_ca=given.flag("DEVELOPMENT_CA", given.flag("DEMO", True)),
        home=Path(given.text("HOME", str(ROOT))).expanduser().absolute(),
        sign_in=_sign_in(given), staff=_staff(given, data_dir, peer_url if sandbox else ""),
    )  # fmt: skip


def _staff(given: _Given, data_dir: Path, sandbox: str) -> StaffSources:
    """Outside systems of staff; the demonstration's office platform is that of the sandbox peer."""
    office = f"{sandbox}/office" if sandbox and given.flag("DEMO", True) else ""
    home = Path(given.text("HOME", str(ROOT)))
    trusted = given.text("TICKET_TRUSTED", str(data_dir / "sandbox" / "office-trusted.json"))
    return StaffSources(
        issuer=given.text("SSO_ISSUER", ""), client=given.text("SSO_CLIENT", ""),
        secret=given.text("SSO_SECRET", ""), office=given.text("TICKET_ISSUER", office),
        trusted=Path(trusted).expanduser().absolute(),
        table=Path(given.text("STAFF_TABLE", str(home / "rules" / "staff.yaml"))).expanduser().absolute(),
    )  # fmt: skip


def _sign_in(given: _Given) -> SignInRules:
    """The rules of signing in; the demonstration asks for less."""
    demo = given.flag("DEMO", True)
    return SignInRules(
        second_factor=given.choice("SECOND_FACTOR", "allowed" if demo else "required", POLICIES),
        idle_staff=given.number("SESSION_IDLE", 60, 5, 1440),
        idle_applicant=given.number("SESSION_IDLE_APPLICANT", 120, 5, 1440),
        longest=given.number("SESSION_LONGEST", 12, 1, 168),
        password_days=given.number("PASSWORD_DAYS", 0 if demo else 90, 0, 3650),
        password_grace=given.number("PASSWORD_GRACE", 30, 0, 365),
        failures=given.number("SIGN_IN_FAILURES", 5, 3, 100),
        locked=given.number("SIGN_IN_LOCKED", 15, 1, 1440),
    )


def _custodian(given: _Given, peer_url: str) -> str:
    """Where checkpoints go: the sandbox peer where there is one."""
    sandbox = given.flag("SANDBOX", not given.text("PEER_URL", ""))
    return given.text("CUSTODIAN", f"{peer_url}/custody" if sandbox else "")


def _audit(given: _Given) -> AuditLimits:
    return AuditLimits(
        first=given.number("AUDIT_FIRST", 7, 0, 23), last=given.number("AUDIT_LAST", 20, 1, 24),
        subjects=given.number("AUDIT_SUBJECTS", 30, 2, 100_000),
        failures=given.number("AUDIT_FAILURES", 5, 1, 100_000),
        privileges=given.number("AUDIT_PRIVILEGES", 10, 1, 100_000),
    )  # fmt: skip


def kept_secret(path: Path) -> str:
    """The secret kept in a file of mode 0600, made at the first call; ZhunyuError S004 when it cannot be kept."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Written aside and linked, so that two processes that start together end up with the same secret.
        aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        if not path.exists():
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48))
            try:
                os.link(aside, path)
            except FileExistsError:
                pass
            finally:
                aside.unlink()
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ZhunyuError(
            "S004", f"密钥文件 {path} 无法读写：{error.strerror}。", "请检查目录权限。", status=500
        ) from error


class _Given:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str, default: str) -> str:
        return self._environ.get(f"ZHUNYU_{name}", "").strip() or default

    def number(self, name: str, default: int, least: int, most: int) -> int:
        text = self.text(name, str(default))
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise ZhunyuError("S001", f"ZHUNYU_{name} 应为 {least} 至 {most} 的整数，现为“{text}”。")
        return int(text)

    def flag(self, name: str, default: bool) -> bool:
        text = self.text(name, "").lower()
        if text and text not in _TRUE | _FALSE:
            raise ZhunyuError("S001", f"ZHUNYU_{name} 应为 1 或 0，现为“{text}”。")
        return text in _TRUE if text else default

    def choice(self, name: str, default: str, permitted: tuple[str, ...]) -> str:
        text = self.text(name, default)
        if text not in permitted:
            raise ZhunyuError("S001", f"ZHUNYU_{name} 应为 {'、'.join(permitted)} 之一，现为“{text}”。")
        return text

    def address(self, name: str, default: str) -> str:
        text = self.text(name, default).rstrip("/")
        if not text.startswith(("http://", "https://")):
            raise ZhunyuError("S001", f"ZHUNYU_{name} 应以 http:// 或 https:// 开头，现为“{text}”。")
        return text


def _crypto(given: _Given, data_dir: Path) -> tuple[str, str, Path]:
    """Who holds the root and signing keys, and where a service that does is."""
    crypto = given.choice("CRYPTO", "software", ("software", "remote"))
    url = given.address("CRYPTO_URL", "（未给出）") if crypto == "remote" else ""
    return crypto, url, Path(given.text("CRYPTO_CONFIG", str(data_dir / "keys" / "crypto.json"))).expanduser()


def _writable(folder: Path) -> Path:
    probe = folder / f".probe.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise ZhunyuError(
            "S004",
            f"数据目录 {folder} 不可写：{error.strerror}。",
            "请换一个目录（ZHUNYU_DATA_DIR）或修改权限。",
            status=500,
        ) from error
    return folder
