"""Fictitious enterprises for the load: any number of them, each clean enough for an instant approval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.model.checkdigits import uscc_check_character

MATTER = "public_place_new"
_FIRST = "91310101MB"  # legal person, 黄浦区; seven digits of the running number follow
LEGAL, LEGAL_ID = "陈示安", "310101197102111016"


@dataclass(frozen=True)
class Enterprise:
    """One applicant: credit code, registered name, where it is and where it opens its place."""

    code: str
    name: str
    address: str
    site: str


def enterprise(n: int) -> Enterprise:
    """The n-th enterprise, 0 ≤ n < 10,000,000; always the same."""
    first = f"{_FIRST}{n:07d}"
    site = f"测试路{n + 1}号"
    return Enterprise(first + uscc_check_character(first), f"上海示例测速{n}酒店有限公司", f"上海市黄浦区{site}", site)


def number_of(code: str) -> int | None:
    """Which enterprise a credit code belongs to, None for no such one."""
    digits = code[len(_FIRST) : 17]
    known = code.startswith(_FIRST) and digits.isdigit() and enterprise(int(digits)).code == code
    return int(digits) if known else None


def answers(one: Enterprise) -> dict[str, Any]:
    """Complete answers to the form of MATTER."""
    return {
        "name": one.name, "uscc": one.code, "subject_kind": "企业法人", "legal": LEGAL, "legal_id_kind": "居民身份证",
        "legal_id_no": LEGAL_ID, "reg_address": one.address, "reg_district": "黄浦区", "reg_status": "存续",
        "phone": "02100000001", "agent_name": LEGAL, "agent_id_no": LEGAL_ID, "agent_phone": "13800000001",
        "self_handled": True, "venue_name": "测速酒店", "site": one.site,
        "region": {"district": "黄浦区", "street": "外滩街道"}, "property_right": "自有", "usable": 200, "area": 200,
        "floors": "2 层", "opened_on": "2026-12-01", "staff_total": 12, "staff_direct": 12, "manager_name": "林示可",
        "manager_phone": "13800000002", "types": ["宾馆"], "main_type": "宾馆", "star": "无", "rooms": 20, "beds": 20,
        "supply_ratio": 3, "water": ["市政直供"], "hvac": "局部式（分体）",
        "disinfection_rooms": [{"room_use": "茶具", "room_area": 6, "sinks": 3}],
        "disinfection": ["热力（煮沸、蒸汽、红外）"],
        "equipment": [{"device": "消毒柜", "model": "示-100", "count": 2, "purpose": "茶具消毒", "working": True}],
        "vector": ["纱窗纱门"], "toilet_fan": True, "receive_way": "仅电子证照", "e_delivery": True, "truth": True,
        "data_auth": True, "promise": True,
    }  # fmt: skip


def form_values(given: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Answers as a browser sends them: name and value, parts and rows by dotted names."""
    for key, value in given.items():
        name = prefix + key
        if isinstance(value, dict):
            yield from form_values(value, f"{name}.")
        elif isinstance(value, list):
            for place, item in enumerate(value):
                yield from form_values(item, f"{name}.{place}.") if isinstance(item, dict) else ((name, str(item)),)
        else:
            yield name, {True: "是", False: "否"}[value] if isinstance(value, bool) else str(value)
