"""Says a trace in plain Chinese: what failed and by how much, or what could not be known and why."""

from __future__ import annotations

from engine.model.trace import Trace

_LIMIT = 20


def explain(trace: Trace) -> tuple[str, ...]:
    """Sentences for a reader.

    A false rule gives its failing atoms with what was found, what is required and the gap; an unknown one which
    name, from which source and since when; a true one a single confirmation. At most 20 sentences.
    """
    if trace.result == "true":
        return (f"已满足：{trace.text}。",)
    if trace.result not in ("false", "unknown"):
        return (f"{trace.text}：{trace.result}。",)
    seen: dict[str, None] = {}
    for sentence in _unknown(trace) if trace.result == "unknown" else _false(trace):
        seen.setdefault(sentence)
    return tuple(seen)[:_LIMIT]


def _false(trace: Trace) -> list[str]:
    failing = [part for part in trace.parts if part.result == "false"]
    if failing:
        return [sentence for part in failing for sentence in _false(part)]
    if trace.parts and trace.parts[0].result == "true":
        return [f"不应出现“{trace.parts[0].text}”，但实际成立{_found(trace.parts[0])}。"]
    if trace.text in ("从不", "总是"):
        return ["规则写明从不成立。"]
    if not trace.required and trace.actual.endswith("行"):
        return [f"“{trace.text}”不成立：共 {trace.actual}，没有一行满足。"]
    return [f"“{trace.text}”不成立{_found(trace)}。"]


def _found(trace: Trace) -> str:
    said = []
    if trace.actual:
        said.append(f"实际为 {trace.actual}")
    if trace.required:
        said.append(f"要求 {trace.required}")
    if trace.gap:
        said.append(trace.gap)
    return "：" + "，".join(said) if said else ""


def _unknown(trace: Trace) -> list[str]:
    doubtful = [part for part in trace.parts if part.result == "unknown"]
    if doubtful:
        return [sentence for part in doubtful for sentence in _unknown(part)]
    return [f"无法核对“{trace.text}”：{trace.why or '没有可用的值'}。"]
