"""The demonstration: accounts and existing certificates from `rules/demo`. Loading it again changes nothing."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import yaml

from engine.adapters.passwords import Argon2Passwords
from engine.bootstrap import Zhunyu
from engine.decoding import converted
from engine.errors import ZhunyuError
from engine.matters.reference import Reference
from engine.matters.reference import load as load_reference
from engine.model.certificate import Certificate, CertificateStatus
from engine.model.people import Subject
from engine.model.wording import day_in_words
from engine.ports.accounts import Account, Represented
from engine.ports.certificates import CertificateVersion
from engine.ports.effects import Job
from engine.ports.facts import Ban
from engine.services.signing import DEMO_PIN
from engine.stages.certificate.ordering import LONG_TERM, in_own_words
from engine.trust.pki.issuing import Subject as Named

_RELATIVE = re.compile(r"([+-]\d{1,5})d", re.ASCII)
_SEAL = "行政审批专用章"
_QUICK = 1_000  # rounds over a PIN that everybody knows
_BAN_LINE = "公共场所"


class _Represents(msgspec.Struct, frozen=True):
    code: str
    name: str
    role: str


class _Applicant(msgspec.Struct, frozen=True):
    login: str
    password: str
    name: str
    id_no: str
    phone: str
    level: int
    represents: tuple[_Represents, ...] = ()


class _Staff(msgspec.Struct, frozen=True):
    login: str
    password: str
    name: str
    district: str
    roles: tuple[str, ...]
    licence: str = ""
    inspector: str = ""


class _Department(msgspec.Struct, frozen=True):
    login: str
    name: str
    matters: tuple[str, ...]


class _Accounts(msgspec.Struct, frozen=True):
    applicants: tuple[_Applicant, ...] = ()
    staff: tuple[_Staff, ...] = ()
    departments: tuple[_Department, ...] = ()


class _Licence(msgspec.Struct, frozen=True):
    type: str
    number: str
    holder: str
    holder_name: str
    district: str
    issued_on: str
    valid_from: str
    valid_to: str  # "" for 长期
    item: dict[str, Any] = {}
    face: dict[str, str] = {}
    duplicate: bool = False  # whether it has a 副本


class _Organization(msgspec.Struct, frozen=True):
    code: str
    bans: tuple[Ban, ...] = msgspec.field(name="own.bans", default=())


class _Registry(msgspec.Struct, frozen=True):
    organizations: tuple[_Organization, ...] = ()


class _Texts(yaml.SafeLoader):
    """As the sandbox reads it: `!unavailable` is a mark for the sandbox alone."""


_Texts.add_constructor("!unavailable", lambda _loader, _node: None)


class _Licences(msgspec.Struct, frozen=True):
    certificates: tuple[_Licence, ...] = ()


def load_accounts(zhunyu: Zhunyu, folder: Path) -> int:
    """Create the demo accounts that are not there; how many. Their short passwords are for the demonstration only."""
    declared = _accounts(folder)
    with zhunyu.store.read() as transaction:
        kinds = ("applicant", "staff")
        there = {(kind, one.login) for kind in kinds for one in transaction.accounts.list(kind)}
    wanted = (*map(_applicant, declared.applicants), *map(_staff, declared.staff))
    missing = [(account, password) for account, password in wanted if (account.kind, account.login) not in there]
    if not missing:
        return 0
    passwords, now = Argon2Passwords(), zhunyu.clock.now().isoformat(timespec="seconds")
    with ThreadPoolExecutor(2) as pool:  # hashing is slow on purpose, and leaves the interpreter lock
        hashes = list(pool.map(passwords.hash, [password for _, password in missing]))
    with zhunyu.store.write() as transaction:
        for (account, _), hashed in zip(missing, hashes, strict=True):
            transaction.accounts.add(msgspec.structs.replace(account, id=zhunyu.ids.new()), hashed, now)
    return len(missing)


def load_departments(zhunyu: Zhunyu, folder: Path) -> int:
    """Register the demo departments that are not there; how many."""
    there = {one.login for one in zhunyu.departments.all()}
    missing = [one for one in _accounts(folder).departments if one.login not in there]
    for one in missing:
        zhunyu.departments.register(one.login, one.name, one.matters)
    return len(missing)


def load_signing(zhunyu: Zhunyu, folder: Path) -> int:
    """Give the demo officers signing certificates that open with the demonstration's PIN; how many."""
    if zhunyu.settings.signing == "off" or not zhunyu.settings.development_ca:
        return 0
    logins = {one.login: one.licence for one in _accounts(folder).staff}
    with zhunyu.store.read() as transaction:
        officers = [
            one for one in transaction.accounts.list("staff")
            if one.login in logins and not transaction.signing.held("officer", one.id)
        ]  # fmt: skip
    for one in officers:
        subject = Named(one.name, one.district, logins[one.login])
        zhunyu.signing.authority.issue("officer", one.id, subject, pin=DEMO_PIN, iterations=_QUICK)
    return len(officers)


def load_certificates(zhunyu: Zhunyu, folder: Path) -> int:
    """Put the demo certificates that are not there into the register and order their files; how many."""
    declared = [one for file in _files(folder, "certificates") for one in _read(file, _Licences).certificates]
    with zhunyu.store.read() as transaction:
        numbers = [one.number for one in declared]
        missing = [place for place, number in enumerate(numbers) if transaction.certificates.by_number(number) is None]
    if not missing:
        return 0
    reference, now = load_reference(zhunyu.settings.home).reference, zhunyu.clock.now()
    at = now.isoformat(timespec="seconds")
    with zhunyu.store.write() as transaction:
        for place in missing:
            certificate = _certificate(zhunyu, declared[place], reference, now.date())
            order = CertificateVersion(certificate, 1, "新发", "", at, "ordered")
            transaction.certificates.order(order, reference.certificates[certificate.type].sensitive, 0)
            transaction.effects.enqueue(
                Job(
                    id=zhunyu.ids.new(), kind="seal_certificate", case="", seq=place, to=certificate.id, event="制证",
                    body={"certificate": certificate.id}, key=f"seal:{certificate.id}:1", created_at=at,
                )
            )  # fmt: skip
    return len(missing)


def load_bans(zhunyu: Zhunyu, folder: Path) -> int:
    """Record the demo bans that are not recorded; how many. They stand with the organisations of the registry."""
    today, made = zhunyu.clock.now().date(), 0
    with zhunyu.store.read() as transaction:
        wanted = [
            (one.code, ban)
            for file in _files(folder, "registry")
            for one in _read(file, _Registry).organizations
            for ban in one.bans
            if not transaction.facts.bans(one.code, _BAN_LINE, today.isoformat())
        ]
    for code, ban in wanted:
        since, until = _day(ban.since, today).isoformat(), _day(ban.until, today).isoformat() if ban.until else ""
        with zhunyu.store.write() as transaction:
            transaction.facts.add_ban(zhunyu.ids.new(), code, _BAN_LINE, Ban(ban.ground, since, until))
        made += 1
    return made


def _files(folder: Path, name: str) -> tuple[Path, ...]:
    """`<name>.yaml` and `<name>/*.yaml`, one a line of business."""
    return (folder / f"{name}.yaml", *sorted((folder / name).glob("*.yaml")))


def _accounts(folder: Path) -> _Accounts:
    found = [_read(file, _Accounts) for file in _files(folder, "accounts")]
    return _Accounts(
        tuple(one for each in found for one in each.applicants), tuple(one for each in found for one in each.staff),
        tuple(one for each in found for one in each.departments),
    )  # fmt: skip


def _applicant(one: _Applicant) -> tuple[Account, str]:
    own = Represented(Subject("自然人", one.id_no, one.name), "本人")
    others = tuple(Represented(Subject("法人", each.code, each.name), each.role) for each in one.represents)
    account = Account(
        id="", login=one.login, kind="applicant", name=one.name, level=one.level, phone_masked=one.phone[-4:],
        represents=(*others, own),
    )  # fmt: skip
    return account, one.password


def _staff(one: _Staff) -> tuple[Account, str]:
    account = Account(
        id="", login=one.login, kind="staff", name=one.name, level=2, roles=one.roles, district=one.district,
        inspector=one.inspector,
    )
    return account, one.password


def _certificate(zhunyu: Zhunyu, licence: _Licence, reference: Reference, today: date) -> Certificate:
    kind = reference.certificates[licence.type]
    offices = (one for table in reference.authorities.values() for one in table)
    office = next((one for one in offices if one.district == licence.district), None)
    if office is None:
        raise ZhunyuError("S001", f"演示证照 {licence.number} 的区 {licence.district} 没有发证机关。")
    since = _day(licence.valid_from, today)
    until = _day(licence.valid_to, today) if licence.valid_to else None
    issued = _day(licence.issued_on, today)
    item = licence.item
    end = day_in_words(until) if until else ""
    filled = {
        "编号": licence.number,
        "发证机关": office.name,
        "发证日期": day_in_words(issued),
        "有效期限": f"{day_in_words(since)}至{end}" if end else LONG_TERM,
    }
    words = {
        kind.named or "单位名称": licence.holder_name,
        "法定代表人（负责人）": str(item.get("legal", "")),
        "经营项目": "、".join(item.get("types", [])),
        "经营场所地址": str(item.get("site", "")),
        "统一社会信用代码": licence.holder,
        kind.named or "单位名称": licence.holder_name,
        **in_own_words(filled, kind.labels, end),
    }
    return Certificate(
        id=zhunyu.ids.new(), number=licence.number, type=kind.id, title=kind.title, holder_code=licence.holder,
        holder_name=licence.holder_name, authority=office.code, authority_name=office.name,
        district=licence.district, status=CertificateStatus.ISSUING, version=1, issued_on=issued.isoformat(),
        valid_from=since.isoformat(), valid_to=until.isoformat() if until else "",
        face={title: licence.face.get(title, words.get(title, "")) for title in kind.face},
        matter="", case="", item=dated(dict(item), today), layout=kind.layout, seal=_SEAL, labels=kind.labels,
        duplicate=licence.duplicate,
    )  # fmt: skip


def dated(value: Any, today: date) -> Any:
    """A certificate's items with their relative days (`+60d`) as ISO days, in tables too."""
    if isinstance(value, dict):
        return {key: dated(one, today) for key, one in value.items()}
    if isinstance(value, list):
        return [dated(one, today) for one in value]
    return _day(value, today).isoformat() if isinstance(value, str) and _RELATIVE.fullmatch(value) else value


def _day(text: str, today: date) -> date:
    match = _RELATIVE.fullmatch(text)
    return today + timedelta(days=int(match[1])) if match else date.fromisoformat(text)


def _read(file: Path, kind: Any) -> Any:
    if not file.exists():
        return kind()
    try:
        return converted(yaml.load(file.read_text(encoding="utf-8"), Loader=_Texts), kind)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise ZhunyuError("S001", f"演示数据 {file.name} 有误：{error}", status=500) from error
