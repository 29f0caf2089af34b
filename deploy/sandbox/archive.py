"""The archive that takes packages over: strict about signature, structure, digests, metadata and evidence."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

from defusedxml import ElementTree as safe_xml
from defusedxml.common import DefusedXmlException
from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from engine.errors import ZhunyuError
from engine.trust import bundle, package
from engine.trust.handover import sign_handover
from engine.trust.keys import SigningKey, read_trusted, signing_key, write_trusted
from engine.trust.sm2 import PrivateKey, generate
from engine.trust.sm3 import sm3_hex

LARGEST = 256 << 20
_ENTITY = (
    "档号", "全宗号", "年度", "保管期限", "题名", "责任者", "形成日期", "密级", "文件数", "办件编号", "申请人",
    "事项名称",
)  # fmt: skip
_PARTS = ("元数据.xml", "归档材料目录.xml", "过程信息.xml", "说明文件.txt")
_SCHEMA = """
create table if not exists packages (
  key text primary key, code text not null, digest text not null, arrived_at text not null, result text not null,
  receipt blob not null, title text not null);
"""


class Archive:
    """Packages by idempotency key in an SQLite file of its own, and a signing key of its own in the same folder."""

    def __init__(self, folder: Path, trusted: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._trusted, self._file = folder, trusted, str(folder / "archive.db")
        self._key = self._own_key(folder / "archive.key")
        with closing(sqlite3.connect(self._file, timeout=10)) as connection, connection:
            connection.execute("pragma journal_mode=wal")
            connection.executescript(_SCHEMA)

    def take(self, code: str, data: bytes, key: str, now: datetime) -> tuple[int, bytes]:
        """The HTTP status and the signed receipt: 201 taken over, 200 the same again, 422 turned away."""
        digest = sm3_hex(data)
        with closing(sqlite3.connect(self._file, timeout=10)) as connection:
            known = connection.execute("select digest, receipt, result from packages where key = ?", (key,)).fetchone()
        if known is not None and known[0] == digest:
            return (200 if known[2] == "接收" else 422), known[1]
        faults = ["同一幂等键下的信息包不同。"] if known is not None else self.faults(code, data)
        receipt = sign_handover(code, digest, faults, now.isoformat(timespec="seconds"), self._key)
        if known is None:
            if not faults:
                (self._folder / f"{digest}.zip").write_bytes(data)
            self._keep(key, code, digest, now, faults, receipt, data)
        return (422 if faults else 201), receipt

    def faults(self, code: str, data: bytes) -> list[str]:
        """Everything wrong with a package, item by item."""
        try:
            trusted = read_trusted(self._trusted.read_text(encoding="utf-8"))
        except (OSError, ZhunyuError):
            return ["尚未取得移交单位的公钥。"]
        found = list(package.faults(data, trusted))
        if found:
            return found
        _, files = package.unpack(data)
        found += [f"缺少{name}。" for name in _PARTS if name not in files]
        found += _metadata_faults(code, files)
        evidence = next((files[path] for path in files if path.endswith("办件存证包.json")), b"")
        try:
            found += [one.text for one in bundle.faults_of(bundle.read_bundle(evidence), trusted)]
        except ZhunyuError as error:
            found.append(f"办件存证包：{error.what}")
        return found

    def arrived(self) -> list[tuple[str, str, str, str]]:
        """Code, title, result and instant of what came, newest first."""
        with closing(sqlite3.connect(self._file, timeout=10)) as connection:
            rows = connection.execute("select code, title, result, arrived_at from packages order by arrived_at desc")
            return [tuple(row) for row in rows.fetchmany(100)]

    def _keep(
        self, key: str, code: str, digest: str, now: datetime, faults: list[str], receipt: bytes, data: bytes
    ) -> None:
        result, title = ("退回", "") if faults else ("接收", _title(data))
        row = (key, code, digest, now.isoformat(), result, receipt, title)
        with closing(sqlite3.connect(self._file, timeout=10)) as connection, connection:
            connection.execute("insert or ignore into packages values (?, ?, ?, ?, ?, ?, ?)", row)

    def _own_key(self, path: Path) -> SigningKey:
        """The archive's key, made at the first start; the public half is published beside it."""
        if not path.exists():
            aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(generate(secrets.token_bytes).to_der())
            try:
                os.link(aside, path)
            except FileExistsError:
                pass
            finally:
                aside.unlink()
        key = signing_key("archive", PrivateKey.from_der(path.read_bytes()))
        (path.parent / "archive-trusted.json").write_text(write_trusted({key.key_id: key.public}), encoding="utf-8")
        return key


def archive_desk(archive: Archive, unsigned: Callable[[], str | None], now: Callable[[], datetime]) -> Blueprint:
    """POST /archive/packages?code=… with the package as body; `unsigned` says why a request is nobody's we know."""
    blueprint = Blueprint("archive", __name__)

    @blueprint.post("/archive/packages")
    def take() -> ResponseReturnValue:
        request.max_content_length = LARGEST
        fault = unsigned()
        if fault:
            return jsonify({"ok": False, "reason": fault}), 401
        key, code = request.headers.get("Idempotency-Key", ""), request.args.get("code", "")
        if not 8 <= len(key) <= 200 or not code:
            return jsonify({"ok": False, "reason": "缺少幂等键或档号。"}), 400
        status, receipt = archive.take(code, request.get_data(), key, now())
        return Response(receipt, status=status, mimetype="application/json")

    return blueprint


def _metadata_faults(code: str, files: dict[str, bytes]) -> list[str]:
    try:
        top = safe_xml.fromstring(files.get("元数据.xml", b""))
    except (ElementTree.ParseError, DefusedXmlException):
        return ["元数据读不出。"]
    entity = top.find("实体")
    told = {node.tag: (node.text or "").strip() for node in entity} if entity is not None else {}
    found = [f"元数据缺少{name}。" for name in _ENTITY if not told.get(name)]
    if told.get("档号") != code:
        found.append("档号与移交登记不一致。")
    listed = {node.text or "" for node in top.iter("计算机文件名")}
    kept = {path for path in files if "/" in path}
    found += [f"元数据里没有文件 {path}。" for path in sorted(kept - listed)]
    found += [f"缺少元数据所列的文件 {path}。" for path in sorted(listed - kept)]
    if told.get("文件数") != str(len(kept)):
        found.append("文件数与元数据不一致。")
    return found


def _title(data: bytes) -> str:
    _, files = package.unpack(data)
    node = safe_xml.fromstring(files["元数据.xml"]).find("实体/题名")
    return (node.text or "") if node is not None else ""
