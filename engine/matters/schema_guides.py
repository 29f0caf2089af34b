"""The schemas of rules/guides/*.yaml and rules/synonyms.yaml: how people find the matter they need."""

from __future__ import annotations

from engine.matters import schema_words as w
from engine.matters.schema_words import Schema


def guides() -> Schema:
    """A guide: questions that lead to matters."""
    lead = w.record("要办的事项", {"matter": w.identifier("事项 id"), "why": w.text("为什么要办")}, ("matter", "why"))
    option = w.record(
        "选项",
        {
            "text": w.text("选项文字"),
            "next": w.identifier("下一个问题的 id"),
            "leads": w.many("要办的事项", lead, "按办理先后；一路选下来的合在一起，同一事项只列一次。", least=1),
            "tell": w.text("要告诉的话", "例如不用办证、归别的部门办。"),
        },
        ("text",),
        "写 next、leads、tell 中的至少一项；没有 next 的就到了结尾。",
    )
    question = w.record(
        "问题",
        {
            "id": w.identifier("问题 id"),
            "ask": w.text("问什么"),
            "help": w.text("说明"),
            "options": w.many("选项", option, least=2),
        },
        ("id", "ask", "options"),
    )
    keys = {
        "guide": w.identifier("指引 id"),
        "title": w.text("名称"),
        "situation": w.text("适用的情形", "一句话。"),
        "keywords": w.texts("检索用的短词"),
        "questions": w.many("问题", question, "第一个是起点。", least=1),
    }
    whole = w.record("情形指引", keys, ("guide", "title", "situation", "questions"))
    return {"$schema": w.DRAFT, "$id": "guides.schema.json", **whole}


def synonyms() -> Schema:
    """synonyms.yaml: what people call things, and words that say nothing."""
    keys = {
        "synonyms": w.table("同义词", w.texts("俗称、旧称、简称", least=1), "键是事项里用的词。"),
        "ignore": w.texts("检索时略去的词", "例如 怎么办、我要。"),
    }
    return {"$schema": w.DRAFT, "$id": "synonyms.schema.json", **w.record("同义词", keys, ("synonyms",))}
