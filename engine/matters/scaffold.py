"""A new matter to start from: small, complete, without faults, and with tests that pass."""

from __future__ import annotations

import re

_MATTER = """\
# {title}。从这里改起：先改表单和事实，再改核对和裁决，每改一处跑一遍 zhunyu test {id}。
matter: {id}
title: {title}
item: {{kind: 行政许可, line: {line}, applicant: [法人], level: 区级, business: 新办, starts: 申请}}
summary: 一句话说明谁在什么情况下办这件事。
keywords: [{title}]
situations: [首次办理]
authority: {{by: 所在区街道.区, table: 公共场所许可机关}}
basis: [写明法律、法规的条款]
effective: 2025-01-20
law_at: 决定日

limit:
  legal: {{days: 20, unit: 工作日, from: 受理}}
  promised: {{秒批: 0, 转人工: 8}}
  supplement: {{tell: 5, untold: 视为受理, answer: 30, unanswered: 终止}}
  stops: []

facts:
  licence: {{title: 营业执照, from: registry.business, with: {{code: 申请人.代码}}, retry: 30 分钟, max_age: 1 天}}
unique: [申请人.代码, 经营地址]

form:
  - group: 申请单位
    fields:
      - {{id: name, title: 单位名称, kind: 文本, max: 100, prefill: 营业执照.名称, locked: true}}
      - {{id: credit_code, title: 统一社会信用代码, kind: 统一社会信用代码, prefill: 申请人.代码, locked: true}}
      - {{id: phone, title: 联系电话, kind: 电话}}
  - group: 场所
    fields:
      - {{id: site, title: 经营地址, kind: 地址, max: 200}}
      - {{id: region, title: 所在区街道, kind: 区街道}}
      - {{id: usable, title: 使用面积, kind: 数, unit: 平方米, above: 0}}
      - {{id: area, title: 经营面积, kind: 数, unit: 平方米, above: 0}}
  - group: 声明
    fields:
      - {{id: truth, title: 真实性声明, kind: 承诺, text: 所填内容和所交材料真实、合法、有效。}}

materials:
  - id: subject
    title: 营业执照
    need: 必要
    waive: {{数据共享: 营业执照.状态 = 存续}}

precheck:
  - id: area_logic
    title: 面积
    require: 经营面积 ≤ 使用面积
    else: 经营面积 {{经营面积}} 平方米大于使用面积 {{使用面积}} 平方米。
    mend: 请核对两个面积。
    on_fail: 当场更正
  - id: subject_alive
    title: 登记状态
    require: 营业执照.状态 = 存续
    else: 企业登记状态不是存续。
    mend: 请先到市场监管部门恢复登记。
    on_fail: 一次补正

decide:
  - id: instant
    when: |
      申请人.核验级别 ≥ 3 且 申请人.授权 属于 [法定代表人, 授权] 且 统一社会信用代码 = 申请人.代码
      且 营业执照.状态 = 存续 且 营业执照.名称 = 单位名称 且 营业执照.住所 包含 经营地址
    outcome: 秒批
    reason: 名称和地址与登记一致。
  - {{id: otherwise, when: 总是, outcome: 转人工, suggest: 核实后准予, reason: 有未能自动核对一致的内容。}}
never: [秒批 且 营业执照.状态 ≠ 存续]

route:
  - {{step: accept, title: 受理, role: 窗口, auto: 预审全部通过, within: 1}}
  - {{step: review, title: 审查, role: 审查, within: 3}}
  - {{step: approve, title: 审批, role: 审批, within: 2, not_same_as: [accept, review]}}

# 要发证的，先在 rules/certificates 登记证照类型，再写 certificate:（类型、动作、有效期、编号、照面）。
push:
  - {{to: ywtb, events: [受理, 决定]}}
archive: {{class: 许可, retain: 长期}}
confirm: [依据、时限和授权机关]
"""

_TESTS = """\
matter: {id}
at: 2026-11-02
applicant: {{code: {code}, name: 上海示例泊云酒店有限公司, level: 3, authority: 法定代表人}}
given:
  name: 上海示例泊云酒店有限公司
  credit_code: {code}
  phone: "13800000001"
  site: 示例路1号2层
  region: {{district: 黄浦区, street: 外滩街道}}
  usable: 200
  area: 150
  truth: true
facts:
  licence: {{code: {code}, name: 上海示例泊云酒店有限公司, address: 上海市黄浦区示例路1号2层, status: 存续}}

tests:
  - name: 与登记一致的，秒批
    expect: {{outcome: 秒批, by: instant, findings: [], waived: [subject]}}
  - name: 登记名称不同的，转人工
    facts: {{licence: {{name: 上海示例另一家有限公司}}}}
    expect: {{outcome: 转人工, by: otherwise, findings: []}}
  - name: 经营面积大于使用面积的，当场更正
    given: {{area: 300}}
    expect: {{outcome: 当场更正, by: area_logic, findings: [area_logic]}}
  - name: 登记库没有答复的，转人工，要交营业执照
    facts: {{licence: !unavailable}}
    expect: {{outcome: 转人工, findings: [subject_alive], demanded: [subject]}}
"""
_CODE = "91310101MADEM0011X"  # a made-up code whose check character fits


def scaffold(id: str, title: str, line: str) -> dict[str, str]:
    """The files of a new matter by path under the project root.

    `line` is the folder slug (`public_place`) or the name of the line; a name that is no slug leaves the folder to
    the id without its last word.
    """
    slug = line if re.fullmatch(r"[a-z][a-z0-9_]*", line) else (id.rpartition("_")[0] or id)
    values = {"id": id, "title": title, "line": line, "code": _CODE}
    return {
        f"matters/{slug}/{id}.yaml": _MATTER.format_map(values),
        f"matters/{slug}/{id}.tests.yaml": _TESTS.format_map(values),
    }
