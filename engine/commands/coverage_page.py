"""The coverage report as one HTML page without outside parts: figures, gaps, every condition with its tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;max-width:76rem;
margin:0 auto;padding:1.5rem}
table{border-collapse:collapse;width:100%;margin:.75rem 0 1.5rem}
caption{text-align:start;font-weight:600;padding:.25rem 0}
th,td{border-bottom:1px solid #8a8f98;padding:.4rem .6rem;text-align:start;vertical-align:top}
td.n{white-space:nowrap;font-variant-numeric:tabular-nums}
.wide{overflow-x:auto}summary{cursor:pointer;padding:.5rem 0;font-weight:600}
.bad{font-weight:600;text-decoration:underline;text-underline-offset:.2em}
code{font:0.9em ui-monospace,monospace}a{color:inherit}
"""


def page(matters: Sequence[Mapping[str, Any]]) -> str:
    """The page of a report as `as_json` gives it."""
    heads = list(dict.fromkeys(name for one in matters for name in one["figures"]))
    rows = "".join(_summary(one, heads) for one in matters)
    parts = "".join(_matter(one) for one in matters)
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>规则测试报告</title><style>{_STYLE}</style></head><body><main><h1>规则测试报告</h1>"
        + _table("各事项", ("事项", *heads), rows)
        + parts
        + "</main></body></html>\n"
    )


def _summary(one: Mapping[str, Any], heads: Sequence[str]) -> str:
    cells = "".join(f'<td class="n">{_figure(one["figures"].get(name))}</td>' for name in heads)
    name = f'<a href="#{escape(one["matter"])}">{escape(one["title"])}</a>'
    return f'<tr><th scope="row">{name}</th>{cells}</tr>'


def _figure(share: Mapping[str, Any] | None) -> str:
    if share is None:
        return "—"
    words = f"{share['percent']:g}%（{share['done']}/{share['of']}）"
    return words if share["done"] >= share["of"] else f'<span class="bad">{words}</span>'


def _table(caption: str, heads: Sequence[str], rows: str, of: str = "") -> str:
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    return (
        f'<div class="wide" role="region" aria-label="{escape(of + caption)}" tabindex="0"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(head: str, *cells: str) -> str:
    return f'<tr><th scope="row">{head}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _matter(one: Mapping[str, Any]) -> str:
    gaps = "".join(
        _row(escape(f"{gap['kind']} {gap['id']}"), escape(gap["what"]), f"<code>{escape(gap['place'])}</code>")
        for gap in one.get("gaps", ())
    )
    left = "".join(
        _row(escape(f"{it['kind']} {it['id']}"), escape(it["change"]), f"<code>{escape(it['place'])}</code>")
        for it in one.get("survivors", ())
    )
    results = "".join(
        _row(
            escape(f"{it['id']} {it['title']}"),
            "<br>".join(escape(f"{word}：{name}") for word, name in it["seen"].items()),
            f'<span class="bad">{escape("、".join(it["missing"]))}</span>' if it["missing"] else "无",
        )
        for it in one.get("results", ())
    )
    of = f"{one['title']}："
    details = "".join(_rule(rule, f"{of}{number} ") for number, rule in enumerate(one.get("rules", ()), 1))
    more = f"<details><summary>每个条件由哪些测试覆盖</summary>{details}</details>" if details else ""
    return (
        f'<section id="{escape(one["matter"])}" aria-labelledby="{escape(one["matter"])}-t">'
        f'<h2 id="{escape(one["matter"])}-t">{escape(one["title"])}</h2>'
        + _table("还没有测试到的", ("规则", "缺少", "位置"), gaps, of)
        + _table("测试没有发现的变异", ("规则", "变异", "位置"), left, of)
        + _table("裁决行与核对的结果", ("编号", "最先出现的测试", "缺少"), results, of)
        + f"{more}</section>"
    )


def _rule(rule: Mapping[str, Any], of: str) -> str:
    none, never = '<span class="bad">没有</span>', "不可能出现"
    rows = "".join(
        _row(
            escape(atom["text"]),
            escape(atom["true"]) or (never if atom["impossible"] == "true" else none),
            escape(atom["false"]) or (never if atom["impossible"] == "false" else none),
            _pair(atom, rule["measured"] and not atom["impossible"]),
        )
        for atom in rule["atoms"]
    )
    place = f"（{rule['place']}）" if rule["place"] else ""
    return _table(f"{rule['kind']} {rule['id']}{place}", ("条件", "为真的测试", "为假的测试", "单独起作用"), rows, of)


def _pair(atom: Mapping[str, Any], measured: bool) -> str:
    if atom["pair"] is None:
        return '<span class="bad">没有</span>' if measured else "不要求"
    how = "仅此不同" if atom["unique"] else "其余不起作用"
    return f"{how}：{escape(atom['pair'][0])} ／ {escape(atom['pair'][1])}"
