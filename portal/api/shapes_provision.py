"""What the systems of other departments ask about certificates, and what they are told."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from portal.api.shape import Asked, Shown, Taken
from portal.api.shapes_certificates import CertificateShape

State = Literal["valid", "altered", "revoked", "expired", "unknown", "issuing"]


class PurposeTaken(Taken):
    """What a certificate is wanted for."""

    matter: str = Field(min_length=1, max_length=100, description="本部门登记过的用途事项")
    officer: str = Field(min_length=1, max_length=50, description="经办人姓名或工号；系统自动办理时写系统名称")
    reference: str = Field(min_length=1, max_length=100, description="本部门的办件编号")


class LegalPurposeTaken(PurposeTaken):
    """What a certificate's state is wanted for, and on what legal ground."""

    basis: str = Field(min_length=4, max_length=200, description="核验的法律依据，写到条")


class StatusAsked(Taken):
    """Whose state is asked, by number."""

    number: str = Field(min_length=1, max_length=100, description="证照编号")
    holder_code: str = Field(default="", max_length=60, description="持证人代码；给出时答复是否相符")
    purpose: LegalPurposeTaken = Field(description="用途和依据")


class HoldingsAsked(Taken):
    """Which certificates of a kind an organisation holds."""

    holder_code: str = Field(min_length=1, max_length=60, description="统一社会信用代码")
    type: str = Field(min_length=1, max_length=100, description="证照种类")
    purpose: LegalPurposeTaken = Field(description="用途和依据")


class ReleaseAsked(Taken):
    """A certificate under the holder's consent."""

    number: str = Field(min_length=1, max_length=100, description="证照编号")
    consent: str = Field(min_length=1, max_length=40, description="持证人给的授权码，短横和空格可有可无")
    purpose: PurposeTaken = Field(description="用途，须与授权的用途一致")


class ChangesAsked(Asked):
    """Which page of the list of changes."""

    since: int = Field(default=0, ge=0, le=2**53 - 1, description="已有的最后一个编号；0 从头开始")
    limit: int = Field(default=500, ge=1, le=1000, description="至多几条")


class StandingShape(Shown):
    """Whether a certificate is in force; nothing of its face."""

    state: State
    reason: str
    number: str
    title: str
    authority_name: str
    valid_to: str
    version: int
    holder_matches: bool | None = Field(description="持证人代码是否相符；没有给出代码时为空")


class StandingList(Shown):
    """The certificates found."""

    items: list[StandingShape]


class ProvidedCertificate(CertificateShape):
    """A certificate with its face, and whether it is in force."""

    state: State
    reason: str


class ChangeShape(Shown):
    """A certificate that is no longer what it was."""

    number: int = Field(description="变更的编号，从 1 起连续")
    certificate_number: str = Field(description="变化的证照编号")
    type: str
    kind: Literal["变更", "注销", "撤销"] = Field(description="变更（有了新版本）、注销、撤销")
    successor: str = Field(description="变更后的证照编号；可能不变，此时内容已有新版本")
    at: str = Field(description="时间；空表示在启用清单以前")


class ChangePage(Shown):
    """What is signed."""

    kind: Literal["zhunyu:certificate-changes:1"] = Field(description="格式")
    since: int = Field(description="从这一编号之后")
    until: int = Field(description="到这一编号为止；下次放进 since")
    last: int = Field(description="出具时最后一个编号")
    at: str = Field(description="出具时间")
    items: list[ChangeShape]


class ChangeList(Shown):
    """A signed page of the list of changes."""

    content: ChangePage = Field(description="被签名的内容")
    key: str = Field(description="签名密钥的编号")
    signature: str = Field(description="SM2 签名（Base64）")


class KeysShape(Shown):
    """Public keys."""

    answers: dict[str, str] = Field(description="签答复的公钥（十六进制点），以密钥编号为键")
    lists: dict[str, str] = Field(description="签清单和证照的公钥（十六进制点），以密钥编号为键")
