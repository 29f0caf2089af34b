"""The linker: an effective, well-formed tree becomes a frozen matter, and every fault in it is found at once."""

from __future__ import annotations

from typing import Any

import msgspec

from engine.errors import Problem
from engine.matters import (
    encoding,
    link_authority,
    link_batch,
    link_certificate,
    link_confirming,
    link_decision,
    link_facts,
    link_form,
    link_records,
    link_terms,
    link_validity,
    lint,
    tree,
)
from engine.matters.linking import Linking
from engine.matters.names import fields, records
from engine.matters.reading import reads
from engine.matters.reference import Reference
from engine.matters.together import MADE_OF
from engine.matters.yaml_reader import Map
from engine.model.matter import Matter, Parameter
from engine.rules.scope import Scope


def link(
    node: Map, reference: Reference, matters: frozenset[str], base: Scope | None = None
) -> tuple[Matter, tuple[Problem, ...]]:
    """The matter and its problems, in the order of the file. A matter with errors may not be used.

    `base` is the scope of the shared names, made once for many matters.
    """
    linking = Linking(node, reference, matters, base)
    matter = _matter(linking)
    certain = link_validity.certain(linking, matter.certificates)
    matter = msgspec.structs.replace(matter, precheck=(*matter.precheck, *certain))
    read = frozenset(reads(matter))
    linking.problems += lint.check(linking, matter, read)
    matter = _with_shared(linking, matter, read)
    matter = msgspec.structs.replace(matter, hash=encoding.fingerprint(matter))
    return matter, tuple(linking.problems)


def _matter(linking: Linking) -> Matter:
    node = linking.node
    groups = link_form.groups(linking)  # first: all other rules need the visibility of the fields
    item: Map = node["item"]
    offices = link_authority.authority(linking)
    prefix, seal = link_terms.documents(linking)
    instant = node.get("instant") or Map(node.mark)
    made = Matter(
        id=tree.text(node, "matter"),
        title=tree.text(node, "title"),
        kind=tree.text(item, "kind"),
        line=tree.text(item, "line"),
        applicant=tree.texts(item, "applicant"),
        basis=tree.texts(node, "basis"),
        effective=tree.text(node, "effective"),
        limits=link_terms.limits(linking),
        groups=groups,
        facts=link_facts.facts(linking),
        materials=link_facts.materials(linking),
        precheck=link_decision.precheck(linking),
        decide=link_decision.decide(linking),
        never=link_decision.never(linking),
        route=link_decision.route(linking),
        acts_on=link_certificate.acts_on(linking),
        certificates=link_certificate.certificates(linking),
        main_item=tree.text(item, "main"),
        business=tree.text(item, "business"),
        code=tree.text(item, "code"),
        labels=tree.texts(item, "labels"),
        starts=tree.text(item, "starts", "申请"),
        situations=tree.texts(node, "situations"),
        keywords=tree.texts(node, "keywords"),
        summary=tree.text(node, "summary"),
        law_at=tree.text(node, "law_at", "决定日"),
        authority_by=offices[-1].by,
        authorities=link_authority.offices(offices),
        authority_rules=offices if len(offices) > 1 else (),
        conditions=tree.texts(node, "conditions"),
        fees=tree.text(node, "fees", "不收费"),
        questions=link_terms.questions(linking),
        unique=linking.paths(node, "unique"),
        after=link_terms.duties(linking),
        reports=link_terms.reports(linking),
        together=tree.texts(node, MADE_OF),
        push=link_terms.push(linking),
        watch=link_terms.watch(linking),
        **_shown_and_batched(linking),
        document_prefix=prefix,
        document_seal=seal,
        sign=tree.texts(node, "sign"),
        daily_cap=instant.get("daily_cap"),
        sample=tree.text(instant, "sample"),
        guard=link_terms.guard(linking),
        confirm=link_terms.confirm(linking),
        confidential=tree.truth(item, "confidential"),
        stopped=link_terms.stopped(linking),
        countersign=link_confirming.countersign(linking),
        terminations=tree.texts(node, "terminations"),
    )
    return _with_archive(linking, made)


def _with_archive(linking: Linking, matter: Matter) -> Matter:
    node = linking.node.get("archive") or Map(linking.node.mark)
    basis, by, called = link_terms.basis_file(linking)
    return msgspec.structs.replace(
        matter, archive_class=tree.text(node, "class"), archive_retain=tree.text(node, "retain"), archive_file=basis,
        archive_by=by, archive_called=called,
    )  # fmt: skip


def _shown_and_batched(linking: Linking) -> dict[str, Any]:
    return {
        "publish_hide": link_terms.hidden(linking),
        "publish_within": link_terms.published_within(linking),
        "batch": link_batch.batch(linking),
    }


def _with_shared(linking: Linking, matter: Matter, read: frozenset[str]) -> Matter:
    """The matter with the code lists and parameters it reads, titles and units of all paths, sensitive paths."""
    asked = [one for _, _, one in fields(linking.node)]
    asked += [one for _, record in records(linking.node) for one in record["fields"]]
    of = {str(one["of"]).removeprefix("代码.") for one in asked if isinstance(one.get("of"), str)}
    codes = {
        name: values for name, values in sorted(linking.reference.codes.items()) if name in of or f"code.{name}" in read
    }
    found = [one for one in linking.reference.parameters.values() if f"param.{one.id}" in read]
    parameters: tuple[Parameter, ...] = tuple(sorted(found, key=lambda one: one.id))
    kept = {f"code.{name}" for name in codes} | {f"param.{one.id}" for one in parameters}
    titles = {
        path: title
        for path, title in sorted(linking.scope.titles.items())
        if not path.startswith(("code.", "param.")) or path in kept
    }
    units = {path: unit for path, unit in sorted(linking.scope.titles.units.items()) if path in titles}
    return msgspec.structs.replace(
        matter, codes=codes, parameters=parameters, titles=titles, units=units, sensitive=_sensitive(linking, matter)
    )


def _sensitive(linking: Linking, matter: Matter) -> tuple[str, ...]:
    found: set[str] = set()
    for field in matter.fields():
        if field.sensitive:
            found.add(field.id)
        if field.kind == "人员":
            found |= {f"{field.id}.id_no", f"{field.id}.phone"}
        for column in field.columns:
            found |= {f"{field.id}.{column.id}"} if column.sensitive else set()
            found |= {f"{field.id}.{column.id}.id_no"} if column.kind == "人员" else set()
    for fact in matter.facts:
        found |= {f"{fact.key}.{part}" for part in linking.reference.sources[fact.source].sensitive}
    found |= {path for step in matter.route for path in link_records.sensitive(step)}
    if matter.acts_on is not None and matter.acts_on.type in linking.reference.certificates:
        found |= {f"original.{id}" for id in linking.reference.certificates[matter.acts_on.type].sensitive}
    return tuple(sorted(found))
