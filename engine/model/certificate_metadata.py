"""What an electronic certificate says about itself: its identifier (GB/T 36904-2018) and metadata (GB/T 36903-2018).

The keys are those of the national integrated service platform. 待业务确认 before connecting to an e-licence library:
the serial part of the identifier and the type codes, which the authority that defines a certificate hands out.
"""

from __future__ import annotations

import re
from datetime import date

from engine.model.certificate import Certificate
from engine.model.checkdigits import id_valid, iso7064_mod37_36, uscc_valid

ROOT = "1.2.156.3005.2"
_TYPE = re.compile(r"[0-9A-Z]{18}[0-9]{3}", re.ASCII)
_OFFICE = re.compile(r"[0-9A-Z]{6,18}", re.ASCII)
_SERIAL = re.compile(r"[0-9A-Z]{1,32}", re.ASCII)
FACE = "照面."
REGISTER, VERSION = "registerId", "certificateVersion"


def identifier(type_code: str, office: str, serial: str, version: int) -> str:
    """The identifier of one version of a certificate; "" while the code of its type or office is not known.

    `serial` is kept by all versions of a certificate: up to 32 of 0-9 A-Z. The check character is computed over all
    parts but the root, without dots (ISO/IEC 7064 MOD 37,36).
    """
    parts = type_code, office, serial.upper(), f"{version:03}"
    good = _TYPE.fullmatch(type_code) and _OFFICE.fullmatch(office) and _SERIAL.fullmatch(parts[2])
    if not good or not 1 <= version <= 999:
        return ""
    return ".".join((ROOT, *parts, iso7064_mod37_36("".join(parts))))


def metadata(certificate: Certificate, type_code: str, name: str, version: int) -> dict[str, str]:
    """The metadata of a version that is about to be sealed, `name` being its identifier; empty items are left out."""
    one = certificate
    items = {
        "certificateName": one.title,
        "certificateTypeCode": type_code,
        "certificateTypeName": one.title,
        "certificateNumber": one.number,
        "certificateIdentifier": name,
        "certificateIssuingAuthorityName": one.authority_name,
        "certificateIssuingAuthorityCode": one.authority,
        "certificateIssuedDate": one.issued_on,
        "certificateEffectiveDate": one.valid_from,
        "certificateExpiringDate": one.valid_to,
        "certificateHolderName": one.holder_name,
        "certificateHolderCode": one.holder_code,
        "certificateHolderTypeName": holder_kind(one.holder_code, one.issued_on),
        "certificateAreaName": one.district,
        "relatedItemCode": one.matter,
        "certificateStatus": "有效",
        VERSION: f"{version:03}",
        REGISTER: one.id,
        **{FACE + title: text for title, text in one.signed_face().items()},
    }
    return {key: text for key, text in items.items() if text}


def holder_kind(code: str, day: str) -> str:
    """The kind of the holder's code (GB/T 36903-2018 annex A), told from its form; `day` is ISO."""
    if uscc_valid(code):
        return "统一社会信用代码"
    return "公民身份号码" if id_valid(code, date.fromisoformat(day)) else "其他"
