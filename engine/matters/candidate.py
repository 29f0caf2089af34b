"""A draft of a matter file, read as if it stood in the place of the file it is to replace."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

from engine.errors import Problem, ZhunyuError
from engine.matters.catalogue import Catalogue, files, load_catalogue, tree_path

LARGEST = 300_000  # bytes; the longest matter of the catalogue has some 30 thousand


def load_candidate(root: Path, matter_id: str, content: bytes, name: str) -> tuple[Catalogue, tuple[Problem, ...]]:
    """Read the catalogue of `root` with a draft in the place of a matter; problems of the draft are told under `name`.

    The catalogue holds the draft alone, or nothing when it has errors. A003 when there is no such matter to replace,
    A004 when the content is too large to be a matter.
    """
    paths = files(root)
    if matter_id not in paths:
        raise ZhunyuError("A003", f"没有事项 {matter_id}。", "请先用 zhunyu new 建立事项。", status=404)
    if len(content) > LARGEST:
        raise ZhunyuError("A004", "草案文件过大。", f"事项文件不应超过 {LARGEST // 1000} KB。", status=422)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        (made / "rules").symlink_to(root.resolve() / "rules", target_is_directory=True)
        for path in sorted((root / "matters").rglob("*.yaml")):
            place = made / path.relative_to(root)
            place.parent.mkdir(parents=True, exist_ok=True)
            if path == paths[matter_id]:
                place.write_bytes(content)
            else:
                place.symlink_to(path.resolve())
        catalogue, problems = load_catalogue(made, matter_id)
    file = tree_path(root, paths[matter_id])
    return catalogue, tuple(dataclasses.replace(one, file=name) if one.file == file else one for one in problems)
