"""Reading rules/synonyms.yaml, and what is wrong in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from engine.errors import Problem
from engine.matters import structure, tree
from engine.matters.yaml_reader import Map, read
from engine.model.matter import Matter
from engine.model.synonyms import Synonyms

FILE = "rules/synonyms.yaml"


def load_synonyms(root: Path, matters: Mapping[str, Matter]) -> tuple[Synonyms, tuple[Problem, ...]]:
    """The synonyms of `root`, empty where there are none or the file is wrong, and every problem.

    A word of matters that none of `matters` uses is only warned of (W106), and where there is no matter not at all.
    """
    path = root / FILE
    if not path.exists():
        return Synonyms(), ()
    node, wrong = read(path, FILE)
    wrong = (*wrong, *(structure.check(node, "synonyms") if node is not None else ()))
    if not isinstance(node, Map) or wrong:
        return Synonyms(), wrong
    groups: Map = node["synonyms"]
    problems = (*_double(groups), *_unused(groups, matters))
    heads = {str(word): head for head, words in groups.items() for word in words}
    return Synonyms(heads, tree.texts(node, "ignore")), problems


def _double(groups: Map) -> Iterator[Problem]:
    """A word that means two things, or that is itself a head."""
    seen: dict[str, str] = {}
    for head, words in groups.items():
        for place, word in enumerate(words):
            mark = words.item_at[place]
            if str(word) in groups:
                yield tree.at("M235", mark, f"“{word}”自己也是一组的本词。", "请只在一处写它。")
            elif str(word) in seen:
                yield tree.at("M235", mark, f"“{word}”已经是“{seen[str(word)]}”的同义词。", "请删去一处。")
            seen.setdefault(str(word), head)


def _unused(groups: Map, matters: Mapping[str, Matter]) -> Iterator[Problem]:
    said = "\n".join(
        text
        for one in matters.values()
        for text in (one.title, one.line, one.business, one.main_item, one.summary, *one.keywords, *one.situations)
    )
    for head in groups:
        if said and head not in said:
            what = f"没有事项用到“{head}”，它的同义词找不到任何事项。"
            yield tree.at("W106", tree.key_place(groups, head), what, "请改成事项里用的词，或给事项加 keywords。")
