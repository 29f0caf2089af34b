"""The report of a replay as one HTML page without outside parts, made to be read, printed and handed round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from engine.commands.backtest_chart import paired, single

_ENDINGS = ("人工准予", "不予许可", "不予受理", "自动准予", "在办", "已撤回", "已终止")
_STYLE = """
:root{--ink:#1d2530;--quiet:#596575;--line:#d8dde4;--soft:#f5f7f9;--before:#aab4c0;--after:#1f5f8b;--warn:#8a4b00;
--warn-soft:#fdf5ea}
*{box-sizing:border-box}
body{font:16px/1.65 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:var(--ink);
background:#fff;max-width:68rem;margin:0 auto;padding:2rem 1.5rem 4rem}
h1{font-size:1.6rem;line-height:1.3;margin:0 0 .25rem}h2{font-size:1.15rem;margin:2.5rem 0 .5rem}
h3{font-size:1rem;margin:1.5rem 0 .25rem}p{margin:.35rem 0}.quiet{color:var(--quiet);font-size:.9rem}
.figures{display:grid;grid-template-columns:repeat(4,1fr);gap:1px;background:var(--line);border:1px solid var(--line);
margin:1.5rem 0;padding:0;list-style:none}
.figures li{background:#fff;padding:.9rem 1rem}.figures b{display:block;font-size:1.6rem;line-height:1.2;
font-variant-numeric:tabular-nums;font-weight:600}.figures span{color:var(--quiet);font-size:.9rem}
.note{background:var(--warn-soft);border-inline-start:4px solid var(--warn);padding:.7rem 1rem;margin:1rem 0}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem}
caption{text-align:start;color:var(--quiet);font-size:.9rem;padding:.25rem 0}
th,td{border-bottom:1px solid var(--line);padding:.45rem .7rem;text-align:start;vertical-align:top}
thead th{border-bottom:2px solid var(--line);font-weight:600;white-space:nowrap}
tbody th{font-weight:400;min-width:6.5rem}
.n{text-align:end;white-space:nowrap;font-variant-numeric:tabular-nums}.wide{overflow-x:auto}
.wide:focus-visible{outline:3px solid var(--after);outline-offset:2px}
.same{background:var(--soft)}.risk{background:var(--warn-soft);font-weight:600}
svg{display:block;width:100%;max-width:36rem;height:auto;margin:.75rem 0}
svg text{font-size:14px;dominant-baseline:central;fill:var(--ink)}svg .name{text-anchor:end}
.before{fill:var(--before)}.after{fill:var(--after)}
.key{display:flex;gap:1.5rem;font-size:.9rem;color:var(--quiet)}.key i{display:inline-block;width:.9rem;height:.9rem;
border-radius:2px;margin-inline-end:.4rem;vertical-align:-.1rem}.key .b{background:var(--before)}
.key .a{background:var(--after)}
ul.plain{padding-inline-start:1.2rem;margin:.35rem 0}code{font:.88em ui-monospace,monospace;overflow-wrap:anywhere}
@media (max-width:40rem){body{padding:1.25rem 1rem 3rem}.figures{grid-template-columns:1fr 1fr}
svg text{font-size:19px}th,td{padding:.4rem .5rem}tbody th{min-width:5.5rem}}
@media print{body{padding:0;max-width:none;font-size:11pt}h2{break-after:avoid}tr,svg,.note{break-inside:avoid}
.before,.after,.key i,.same,.risk,.note{print-color-adjust:exact}}
"""


def page(impact: Mapping[str, Any]) -> str:
    """The page of a report as `as_json` gives it."""
    parts = (_head(impact), _figures(impact), _notes(impact), _outcomes(impact), _flips(impact), _staff(impact),
             _work(impact), _basis(impact))  # fmt: skip
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>动态推演　{escape(impact['title'])}</title><style>{_STYLE}</style></head><body><main>"
        f"{''.join(parts)}</main></body></html>\n"
    )


def _head(impact: Mapping[str, Any]) -> str:
    span = impact["span"]
    days = f"{span['since'] or '最早'} 至 {span['until'] or '最近'}" if span["since"] or span["until"] else "不限"
    most = f"，最近 {span['limit']:,} 件" if span["limit"] else ""
    law = f"；参数按 {escape(impact['law_day'])} 取值" if impact["law_day"] else "；参数按各办件收到之日取值"
    return (
        f"<h1>动态推演：{escape(impact['title'])}</h1>"
        f'<p class="quiet">收到日期 {escape(days)}{most}{law}。'
        f"现行版本 <code>{escape(impact['old_hash'][:12])}</code>，"
        f"草案 <code>{escape(impact['new_hash'][:12])}</code>。</p>"
    )


def _figures(impact: Mapping[str, Any]) -> str:
    work = impact["work"]
    figures = (
        (f"{impact['judged']:,}", "推演的办件"),
        (f"{impact['flipped']:,}", "结论会改变"),
        (f"{impact['open_changed']:,} / {impact['open_cases']:,}", "在办件中会改变"),
        (_more(work["hours_more"], 1), "人工工作量增减（小时）"),
    )
    items = "".join(f"<li><b>{value}</b><span>{name}</span></li>" for value, name in figures)
    return f'<ul class="figures">{items}</ul>'


def _notes(impact: Mapping[str, Any]) -> str:
    said = []
    if impact["staff"]["risky"]:
        numbers = "、".join(one["number"] for one in impact["staff"]["risky_examples"])
        said.append(
            f"草案会当场准予、而工作人员当时没有准予的有 <b>{impact['staff']['risky']:,}</b> 件（{escape(numbers)}）。"
        )
    if impact["undecided"]:
        asked = "、".join(f"{escape(title)} {count:,} 件" for title, count in impact["waiting"].items())
        said.append(
            f"<b>{impact['undecided']:,}</b> 件无法推演：当时没有问过草案新要的内容（{asked}）。"
            "它们不计入以下各项变化。"
        )
    for why, count in impact["unread"].items():
        said.append(f"<b>{count:,}</b> 件读不出：{escape(why)}。")
    return "".join(f'<p class="note">{words}</p>' for words in said)


def _outcomes(impact: Mapping[str, Any]) -> str:
    names = dict.fromkeys([*impact["before"], *impact["after"]])
    rows = [(name, impact["before"].get(name, 0), impact["after"].get(name, 0)) for name in names]
    key = '<p class="key"><span><i class="b"></i>现行</span><span><i class="a"></i>草案</span></p>'
    cells = "".join(_row(name, f"{one:,}", f"{other:,}", _more(other - one)) for name, one, other in rows)
    table = _table("各种结论的件数", ("结论", "现行", "草案", "增减"), cells)
    return f"<h2>结论</h2>{key}{paired('各种结论的件数，现行与草案', rows)}{table}"


def _flips(impact: Mapping[str, Any]) -> str:
    if not impact["flips"]:
        return "<h2>改变的办件</h2><p>没有一件的结论会改变。</p>"
    parts = ["<h2>改变的办件</h2>"]
    for flip in impact["flips"]:
        head = f"{flip['before']} → {flip['after']}"
        shares = [(share["title"].partition(" ")[2] or share["title"], share["count"]) for share in flip["rules"]]
        rows = "".join(_rule(share) for share in flip["rules"])
        parts.append(f"<h3>{escape(head)}　{flip['count']:,} 件</h3>{single(head, shares[:12])}")
        parts.append(_table(f"{head}：起作用的规则（一件可能有几条）", ("规则", "件数", "例子"), rows))
    return "".join(parts)


def _rule(share: Mapping[str, Any]) -> str:
    examples = "".join(
        f"<li><code>{escape(one['number'])}</code>（{escape(one['received'])}，{escape(one['became'])}）"
        f"{escape(' '.join(one['words']))}</li>"
        for one in share["examples"]
    )
    return (
        f'<tr><th scope="row">{escape(share["title"])}<br><code>{escape(share["key"])}</code></th>'
        f'<td class="n">{share["count"]:,}</td><td><ul class="plain">{examples}</ul></td></tr>'
    )


def _staff(impact: Mapping[str, Any]) -> str:
    table = impact["staff"]["table"]
    ends = [end for end in _ENDINGS if any(end in row for row in table.values())]
    rows = ""
    for name, counts in table.items():
        cells = "".join(
            f'<td class="n{_mark(name, end, counts.get(end, 0))}">{counts.get(end, 0):,}</td>' for end in ends
        )
        rows += f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>'
    words = (
        '<p class="quiet">行是草案的结论，列是办件实际的结果。浅灰为一致；着色为草案当场准予而工作人员没有准予。</p>'
    )
    return f"<h2>与实际办理结果对照</h2>{words}" + _table("草案结论与实际结果", ("草案结论", *ends), rows)


def _mark(outcome: str, end: str, count: int) -> str:
    if not count:
        return ""
    if outcome == "秒批" and end in ("不予许可", "不予受理"):
        return " risk"
    agrees = {"秒批": ("人工准予", "自动准予"), "建议不予受理": ("不予受理",)}
    return " same" if end in agrees.get(outcome, ()) else ""


def _work(impact: Mapping[str, Any]) -> str:
    work = impact["work"]
    basis = (
        f"取自历史上 {work['measured']:,} 件各环节从打开到完成的工作时间的中位数，含等待，因此是上限"
        if work["measured"]
        else "历史中没有足够的环节用时，这是给定或假定的数"
    )
    rows = _row("人工办理（件）", f"{work['manual_before']:,}", f"{work['manual_after']:,}",
                _more(work["manual_after"] - work["manual_before"]))  # fmt: skip
    shown = escape("、".join(impact["open_numbers"]))
    opened = f"会改变的例如 {shown}。" if shown else ""
    return (
        "<h2>工作量与在办件</h2>"
        + _table("转人工与建议不予受理合计", ("项目", "现行", "草案", "增减"), rows)
        + f"<p>每件 {work['hours_each']:g} 小时（{basis}），合计 {_more(work['hours_more'], 1)} 小时。</p>"
        + f"<p>在办 {impact['open_cases']:,} 件，结论会改变 {impact['open_changed']:,} 件。{opened}"
        "在办件仍按受理时的版本办理，这里只说明新旧办法的差别。</p>"
    )


def _basis(impact: Mapping[str, Any]) -> str:
    rows = "".join(f"<li>{escape(rule)}：{escape(why)}</li>" for rule, why in impact["by_row"].items())
    by_row = f'<p>以下规则没有列式，按不同取值逐一判断：</p><ul class="plain">{rows}</ul>' if rows else ""
    return (
        "<h2>依据与核对</h2><p>答案、材料和事实都是办件里保存的，没有重新向任何来源查询；没有改动任何办件。"
        "每日秒批上限和抽查不在推演之内。</p>"
        f"<p>逐条复算 {impact['checked']:,} 件，独立复核 {impact['confirmed']:,} 次规则判断，全部一致。</p>{by_row}"
    )


def _table(caption: str, heads: Sequence[str], rows: str) -> str:
    numeric = {name for name in heads[1:] if name not in ("例子",)}
    head = "".join(f'<th scope="col"{" class=n" if name in numeric else ""}>{escape(name)}</th>' for name in heads)
    return (
        f'<div class="wide" role="region" aria-label="{escape(caption)}" tabindex="0"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _more(change: float, places: int = 0) -> str:
    """A change with its sign; nothing changed is 0."""
    words = f"{abs(change):,.{places}f}"
    return f"+{words}" if change > 0 else f"−{words}" if change < 0 else "0"


def _row(head: str, *cells: str) -> str:
    return f'<tr><th scope="row">{escape(head)}</th>{"".join(f"<td class=n>{cell}</td>" for cell in cells)}</tr>'
