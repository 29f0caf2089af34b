"""`certificate.annexes:`: a table is kept with the certificate, printed behind it, and covered by its seal."""

from __future__ import annotations

from pathlib import Path

from engine.matters.catalogue import load_catalogue
from engine.matters.encoding import decode, encode
from engine.matters.tests_file import load_tests
from engine.model.certificate import Annex, Certificate, CertificateStatus
from engine.services.matter_tests import run_tests
from tests.unit.matters.roots import lay

HEAD = """matter: {id}
title: 示例事项{id}
item: {{kind: 行政许可, line: 示例, applicant: [法人]}}
authority: {{table: 示例机关}}
basis: [示例条例第一条]
effective: 2025-01-20
limit: {{legal: 无规定}}
decide: [{{id: otherwise, when: 总是, outcome: 转人工}}]
"""
NEW = HEAD.format(id="first") + """form:
  - group: 泳池
    fields:
      - {id: name, title: 单位名称, kind: 文本}
      - {id: area, title: 经营面积, kind: 数, unit: 平方米}
      - id: basins
        title: 泳池清单
        kind: 表格
        columns:
          - {id: no, title: 池号, kind: 文本}
          - {id: warm, title: 温水, kind: 是否}
          - {id: note, title: 备注, kind: 文本, required: 否}
certificate:
  type: pool
  action: 新发
  valid: 长期
  number: {text: "示〔{年}〕{序号:05d}", restart: [年]}
  lines: {单位名称: 单位名称}
  item: {pools: 泳池清单}
  annexes: [{title: 泳池附表, of: 泳池清单, columns: [温水, no]}]
"""
AGAIN = HEAD.format(id="again") + """acts_on: {type: pool, status: 有效, holder: 申请单位, lock: true}
form: [{group: 单位, fields: [{id: name, title: 单位名称, kind: 文本}]}]
precheck:
  - {id: some, require: 数量(原证.泳池清单) > 0 且 不重复(原证.泳池清单.池号), else: 没有泳池。, on_fail: 转人工}
certificate:
  type: pool
  action: 补证
  annexes: [{title: 泳池附表, of: 原证.泳池清单, columns: [no]}]
"""
TYPES = """types:
  pool:
    title: 示例证
    face: [编号, 单位名称, 发证机关, 发证日期, 有效期限]
    item:
      pools: {title: 泳池清单, kind: 表格, columns: {no: {title: 池号, kind: 文本}, warm: {title: 温水, kind: 是否}}}
"""
FIRST_TESTS = """matter: first
at: 2026-11-02
applicant: {code: 91310101MADEM01857, name: 甲公司, level: 3, authority: 法定代表人}
given: {name: 甲公司, area: 100, basins: [{no: 一号, warm: true, note: 不登记}, {no: 二号, warm: false}]}
tests:
  - name: 附表按列的先后印，登记的只有登记的列
    expect:
      certificate:
        annexes: {泳池附表: [[是, 一号], [否, 二号]]}
        item: {pools: [{no: 一号, warm: true}, {no: 二号, warm: false}]}
"""
AGAIN_TESTS = """matter: again
at: 2026-11-02
applicant: {code: 91310101MADEM01857, name: 甲公司, level: 3, authority: 法定代表人}
given: {name: 甲公司}
original: {number: 示1, valid_from: 2026-01-01, pools: [{no: 一号, warm: true}], face: {单位名称: 甲公司}}
tests:
  - name: 补证照原来的附表
    expect: {findings: [], certificate: {annexes: {泳池附表: [[一号]]}}}
  - name: 原证没有登记附表的，说出来，附表为空
    original: {pools: []}
    expect: {findings: [some], certificate: {annexes: {泳池附表: []}}}
"""


def test_an_annex_is_printed_kept_and_taken_over_by_the_next_matter(tmp_path: Path) -> None:
    lay(tmp_path)
    folder = tmp_path / "matters" / "x"
    folder.mkdir(parents=True)
    (tmp_path / "rules" / "certificates.yaml").write_text(TYPES, encoding="utf-8")
    written = {"first": NEW, "again": AGAIN, "first.tests": FIRST_TESTS, "again.tests": AGAIN_TESTS}
    for name, text in written.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    catalogue, problems = load_catalogue(tmp_path)
    assert [str(one) for one in problems if not one.code.startswith("W")] == []
    assert decode(encode(catalogue.matters["first"])) == catalogue.matters["first"]
    for name in ("first", "again"):
        tests, wrong = load_tests(folder / f"{name}.tests.yaml", catalogue)
        assert wrong == ()
        assert [(one.test.name, one.faults) for one in run_tests(catalogue, tests) if not one.passed] == []


def test_the_seal_covers_the_face_and_every_row_of_an_annex() -> None:
    bare = Certificate(
        id="c", number="1", type="pool", title="示例证", holder_code="", holder_name="", authority="",
        authority_name="", district="", status=CertificateStatus.VALID, version=1, issued_on="2026-11-02",
        valid_from="2026-11-02", valid_to="", face={"编号": "1"}, matter="", case="",
        item={"pools": [{"no": "一号", "warm": True}, {"no": "二号", "warm": None}]},
        annexes=(Annex("泳池附表", "pools", {"no": "池号", "warm": "温水"}), Annex("没有的", "none", {"no": "池号"})),
    )  # fmt: skip
    assert bare.signed_face() == {"编号": "1", "附表：泳池附表": "一号，是；二号，"}
    assert bare.annex_rows(bare.annexes[1]) == ()
