"""What document readers send: one line of text, in formats that are data."""

from __future__ import annotations

import msgspec


class Separated(msgspec.Struct, frozen=True):
    """A format in which parts stand in an order: the character between them and what each part is ("" is ignored)."""

    name: str
    separator: str
    parts: tuple[str, ...]


NAME, CODE, BORN, ADDRESS, SEX, LEGAL = "name", "code", "born", "address", "sex", "legal"

# A line fits the format with its separator whose identity number stands where the format says.
SEPARATED = (
    Separated("居民身份证（全项，竖线）", "|", (NAME, SEX, "", BORN, ADDRESS, CODE, "", "", "")),
    Separated("居民身份证（全项，逗号）", ",", (NAME, SEX, "", BORN, ADDRESS, CODE, "", "", "")),
    Separated("居民身份证（全项，制表符）", "\t", (NAME, SEX, "", BORN, ADDRESS, CODE, "", "", "")),
    Separated("居民身份证（简项，竖线）", "|", (NAME, CODE, BORN, ADDRESS)),
    Separated("居民身份证（简项，逗号）", ",", (NAME, CODE, BORN, ADDRESS)),
    Separated("居民身份证（简项，井号）", "#", (NAME, CODE, BORN, ADDRESS)),
    Separated("居民身份证（号码在前，竖线）", "|", (CODE, NAME, BORN, ADDRESS)),
    Separated("营业执照（竖线）", "|", (CODE, NAME, LEGAL, ADDRESS)),
)

# Words before the parts of a labelled line, such as 姓名:张三 公民身份号码:….
LABELS = {
    "姓名": NAME, "名称": NAME, "企业名称": NAME, "单位名称": NAME,
    "公民身份号码": CODE, "身份证号码": CODE, "身份证号": CODE, "证件号码": CODE, "统一社会信用代码": CODE,
    "出生日期": BORN, "出生": BORN, "住址": ADDRESS, "地址": ADDRESS, "住所": ADDRESS, "性别": SEX,
    "法定代表人": LEGAL, "民族": "", "签发机关": "", "有效期限": "", "有效期": "",
}  # fmt: skip
