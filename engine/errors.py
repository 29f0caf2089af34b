"""The one error type of the product and the table of its codes.

Codes are stable: documentation, API clients and tests refer to them. A letter names the area
(M matter file, R rule, A application, C case, F fact, K key or seal, S system), three digits the error.
Every code of this table has a fixture in the tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

CODES: dict[str, str] = {}


def register(area: dict[str, str]) -> None:
    """Add an area's codes to the table; a code given twice is a defect and raises ValueError."""
    for code, meaning in area.items():
        if code in CODES:
            raise ValueError(f"error code {code} is registered twice")
        CODES[code] = meaning


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in something a person wrote: where, which code, what, and what to do next.

    `line` and `column` count from 1; 0 means that the place within the file is not known.
    """

    code: str
    what: str
    next: str = ""
    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        place = self.file or "-"
        if self.line:
            place += f":{self.line}" + (f":{self.column}" if self.column else "")
        return f"{place} {self.code} {self.what}" + (f" {self.next}" if self.next else "")


class ZhunyuError(Exception):
    """The base of every error the product raises on purpose.

    `code` is a key of CODES, `what` says in Chinese what is wrong, `next` what the reader can do about it.
    `status` is the HTTP status the web layer answers with. `problems` lists every single fault when many
    were found at once.
    """

    def __init__(
        self,
        code: str,
        what: str,
        next: str = "",
        *,
        status: int = 400,
        problems: tuple[Problem, ...] = (),
    ) -> None:
        if code not in CODES:
            raise ValueError(f"error code {code} is not in the table")
        super().__init__(f"{code} {what}" + (f" {next}" if next else ""))
        self.code, self.what, self.next, self.status, self.problems = code, what, next, status, problems

    @property
    def told(self) -> str:
        """What a page says of it: what is wrong and what can be done, in one piece."""
        return f"{self.what}{self.next}"


def relative(path: Path, root: Path) -> str:
    """The path as an author sees it: relative to the project where it lies inside."""
    try:
        return str(path.relative_to(root))
    except ValueError:
        return str(path)


register(
    {
        "S001": "系统配置有误",
        "S002": "数据库结构与程序不符",
        "S003": "端口被占用",
        "S004": "目录不可写",
        "S005": "Python 版本不受支持",
        "S006": "依赖的服务不可用",
        "S007": "程序文件不完整",
        "A001": "未登录或会话已过期",
        "A002": "没有权限",
        "A003": "找不到所要的内容",
        "A004": "表单内容有误",
        "A005": "请求重复但内容不同",
        "A006": "请求过于频繁",
        "A007": "上传的文件不可接受",
        "A008": "事项版本已撤下",
        "A009": "已有在办或有效的同类办件",
        "A010": "主体不是申请人本人且无授权",
        "A011": "账号或口令不正确",
        "A012": "请求体不符合接口约定",
        "A013": "草稿已在别处修改",
        "A014": "发布前的检查没有通过",
        "A015": "事项已有草案在影子运行",
        "A016": "岗位相互排斥",
        "A030": "登录还须第二因素或新口令",
        "A031": "授权或代岗已到期、已收回",
        "C001": "办件当前状态不允许此操作",
        "C002": "办件已被他人处理",
        "C003": "证照被另一办件锁定",
        "C004": "缺少法定要件",
        "C005": "证照状态不允许此操作",
        "C008": "电子档案当前状态不允许此操作",
        "F002": "事实来源返回的内容不符合约定",
        "K001": "签章校验未通过",
        "K002": "密钥不可用",
        "K003": "密码算法自检未通过",
        "K004": "信封内容无法解开",
        "K005": "裁决回执不可信，或不能重演",
        "K006": "内容已按规定销毁",
        "K007": "数字证书不可用",
        "K008": "电子签名没有完成",
        "K010": "归档信息包不可信或已损坏",
        "K011": "电子签名已经用过",
    }
)
