"""Units of measure that a number in a rule may carry, and their exact conversion."""

from __future__ import annotations

from decimal import Decimal

_FAMILIES: tuple[dict[str, str], ...] = (
    {"米": "1", "分米": "0.1", "厘米": "0.01", "毫米": "0.001", "千米": "1000", "公里": "1000"},
    {"平方米": "1", "㎡": "1", "公顷": "10000", "平方公里": "1000000"},
    {"立方米": "1", "升": "0.001"},
    {"元": "1", "角": "0.1", "分": "0.01", "万元": "10000", "亿元": "100000000"},
    {"千克": "1", "公斤": "1", "克": "0.001", "毫克": "0.000001", "吨": "1000"},
    {"天": "1", "日": "1"},
    {"小时": "60", "分钟": "1"},
    {"月": "1", "个月": "1"},
    {"年": "1", "周岁": "1", "岁": "1"},
)
SCALE = {unit: (family, Decimal(scale)) for family, units in enumerate(_FAMILIES) for unit, scale in units.items()}


def convert(value: Decimal | int, given: str, wanted: str) -> Decimal | int | None:
    """The value in the wanted unit, exactly; None when the units do not measure the same thing."""
    if given == wanted:
        return value
    if given not in SCALE or wanted not in SCALE or SCALE[given][0] != SCALE[wanted][0]:
        return None
    scaled = Decimal(value) * SCALE[given][1] / SCALE[wanted][1]
    return int(scaled) if scaled == scaled.to_integral_value() else scaled.normalize()


def alike(one: str, other: str) -> bool:
    """Whether two values in these units may be compared as they are; no unit goes with every unit."""
    if not one or not other or one == other:
        return True
    return one in SCALE and other in SCALE and SCALE[one] == SCALE[other]
