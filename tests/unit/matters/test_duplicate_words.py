"""正本 and 副本 of one licence, and 加注: words of the matter, from its lines to what the register is told."""

from __future__ import annotations

from pathlib import Path

from engine.matters.catalogue import load_catalogue
from engine.matters.encoding import decode, encode
from engine.matters.tests_file import load_tests
from engine.services.matter_tests import run_tests
from tests.unit.matters.roots import lay
from tests.unit.matters.test_annex_words import HEAD, TYPES

FORM = """form:
  - group: 泳池
    fields:
      - {id: name, title: 单位名称, kind: 文本}
      - {id: basins, title: 泳池清单, kind: 表格, columns: [{id: no, title: 池号, kind: 文本}]}
"""
NEW = HEAD.format(id="first") + FORM + """certificates:
  - type: pool
    part: 正本
    action: 新发
    valid: 长期
    number: {text: "示〔{年}〕{序号:05d}", restart: [年]}
    lines: {单位名称: 单位名称}
    item: {pools: 泳池清单}
  - {type: pool, part: 副本, action: 新发, annexes: [{title: 泳池附表, of: 泳池清单, columns: [池号]}]}
"""
NOTING = HEAD.format(id="noting") + """acts_on: {type: pool, status: 有效, holder: 申请单位, lock: true}
form: [{group: 泳池, fields: [{id: added, title: 新增泳池, kind: 文本}]}]
certificate: {type: pool, action: 加注, note: "增加{新增泳池}，原证{原证.编号}。"}
"""
WITH_TYPES = TYPES.replace(", warm: {title: 温水, kind: 是否}", "")
ACT = "at: 2026-11-02\napplicant: {code: 91310101MADEM01857, name: 甲公司, level: 3, authority: 法定代表人}\n"
TESTS = {
    "first": "matter: first\n" + ACT + """given: {name: 甲公司, basins: [{no: 一号}]}
tests:
  - name: 一张证，有副本
    expect: {certificate: {duplicate: true, notes: [], annexes: {}, item: {pools: [{no: 一号}]}}}
""",
    "noting": "matter: noting\n" + ACT + """given: {added: 二号池}
original: {number: 示1, issued_on: 2025-01-02, valid_from: 2025-01-02, face: {单位名称: 乙公司, 发证日期: 2025年1月2日}}
tests:
  - name: 只加一条，照面、发证日期和编号不动
    expect:
      certificate:
        duplicate: true
        notes: [增加二号池，原证示1。]
        number: 示1
        issued_on: 2025-01-02
        单位名称: 乙公司
        发证日期: 2025年1月2日
""",
}


def test_one_licence_has_two_documents_and_a_note_leaves_its_face_alone(tmp_path: Path) -> None:
    lay(tmp_path)
    folder = tmp_path / "matters" / "x"
    folder.mkdir(parents=True)
    (tmp_path / "rules" / "certificates.yaml").write_text(WITH_TYPES, encoding="utf-8")
    for name, text in {"first": NEW, "noting": NOTING}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        (folder / f"{name}.tests.yaml").write_text(TESTS[name], encoding="utf-8")
    catalogue, problems = load_catalogue(tmp_path)
    assert [str(one) for one in problems if not one.code.startswith("W")] == []
    first = catalogue.matters["first"]
    assert decode(encode(first)) == first and len(first.certificates) == 1
    assert [one.title for one in first.certificates[0].duplicate_annexes] == ["泳池附表"]
    for name in ("first", "noting"):
        tests, wrong = load_tests(folder / f"{name}.tests.yaml", catalogue)
        assert wrong == ()
        assert [(one.test.name, one.faults) for one in run_tests(catalogue, tests) if not one.passed] == []
