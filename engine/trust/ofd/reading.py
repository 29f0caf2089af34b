"""Reading the XML of an OFD document: no document types, no entities, nothing in two meanings."""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from engine.trust.ofd.content import HEAD, NAMESPACE
from engine.trust.ofd.package import PackageError

_MOST = 4 * 1024 * 1024


def parse(data: bytes, name: str, root: str) -> Element:
    """The root element, which must be `root`; PackageError for what is no plain XML."""
    try:
        if len(data) > _MOST or not data.startswith(HEAD.encode()):
            raise ValueError("too long, or not declared as UTF-8")
        found: Element = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, RecursionError) as error:
        raise PackageError(f"{name} 不是合法的 XML，或含有不允许的内容。") from error
    if found.tag != _tag(root):
        raise PackageError(f"{name} 的内容不是 ofd:{root}。")
    return found


def one(parent: Element, name: str) -> Element:
    """The only child of a name; PackageError otherwise."""
    found = parent.findall(_tag(name))
    if len(found) != 1:
        raise PackageError(f"文档里应有且只有一个 ofd:{name}。")
    return found[0]


def every(parent: Element, name: str) -> list[Element]:
    """All children of a name."""
    return parent.findall(_tag(name))


def text(parent: Element, name: str) -> str:
    """The text of the only child of a name."""
    return one(parent, name).text or ""


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
