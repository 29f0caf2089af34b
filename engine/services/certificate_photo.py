"""The holder's picture: kept with the certificate, so that later versions print it when the case's files are gone."""

from __future__ import annotations

from engine.errors import ZhunyuError
from engine.model.certificate import Certificate
from engine.ports.world import FileStore
from engine.services.upload_place import upload_key
from engine.trust.sm3 import sm3_hex


def photo_of(files: FileStore, certificate: Certificate) -> bytes:
    """The picture as it was handed in, b"" for a certificate without one.

    The first time it is copied from the uploads to the certificate, under the SM3 of its content. ZhunyuError K004
    when what is kept is not what was handed in, C004 when it is kept nowhere.
    """
    photo = certificate.photo
    if photo is None:
        return b""
    kept = f"certificates/{certificate.id.lower()}/photo-{photo.digest[:16]}"
    for key in (kept, upload_key(photo.upload)):
        try:
            data = files.get(key)
        except KeyError:
            continue
        if sm3_hex(data) != photo.digest:
            raise ZhunyuError("K004", "持证人照片与收件时的摘要不一致，不予印制。", "请核查文件存储。", status=500)
        if key != kept:
            files.put(kept, data, certificate.case if certificate.confidential else "")
        return data
    raise ZhunyuError("C004", "找不到持证人照片，无法制证。", "请核查文件存储后重新制证。", status=409)
