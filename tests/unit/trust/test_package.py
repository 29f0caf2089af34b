"""The archive information package: one spelling, and nothing in it can be altered unseen."""

from __future__ import annotations

import io
import random
import secrets
import zipfile

import pytest

from engine.errors import ZhunyuError
from engine.trust import package
from engine.trust.handover import read_handover, sign_handover
from engine.trust.keys import new_ring

RING = new_ring(secrets.token_bytes)
TRUSTED = RING.trusted("audit")
FILES = {
    "申请材料/001-申请表.pdf": b"%PDF-1.7 one", "附件证明/002-执照.png": b"\x89PNG two", "存证/003-存证.json": b"{}",
    "元数据.xml": b"<a/>", "过程信息.xml": b"<b/>",
}  # fmt: skip


def sealed() -> bytes:
    return package.seal("20260210_v1", FILES, RING.signer("audit"), "2026-02-10T09:30:00+08:00")


WHOLE = sealed()


def resealed(files: dict[str, bytes]) -> bytes:
    """What someone without the key can make: the same files packed again under the old list and signature."""
    return package.pack("20260210_v1", files)


def test_a_package_as_made_has_no_fault_and_the_same_files_make_the_same_bytes() -> None:
    assert package.faults(WHOLE, TRUSTED) == ()
    assert package.pack("a", FILES) == package.pack("a", dict(reversed(FILES.items())))


def test_every_flipped_bit_is_found() -> None:
    chance = random.Random(20260210)
    for _ in range(200):
        data = bytearray(WHOLE)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        assert package.faults(bytes(data), TRUSTED)


def test_every_removed_added_renamed_exchanged_or_changed_file_is_found() -> None:
    chance, (_, files) = random.Random(42716), package.unpack(WHOLE)
    names = sorted(files)
    for turn in range(120):
        altered, one, other = dict(files), *chance.sample(names, 2)
        match turn % 6:
            case 0:
                del altered[one]
            case 1:
                altered[f"申请材料/9{turn}-多余.pdf"] = b"%PDF-1.7 more"
            case 2:
                altered[f"{one.rpartition('/')[0] or '存证'}/改名{turn}.pdf"] = altered.pop(one)
            case 3:
                altered[one], altered[other] = altered[other], altered[one]
            case 4:
                altered[one] = altered[one] + b"\n"
            case _:
                altered[one] = altered[one][:-1]
        assert package.faults(resealed(altered), TRUSTED), (turn % 6, one, other)


@pytest.mark.parametrize("cut", [1, 40, 200])
def test_a_package_cut_short_or_lengthened_is_refused(cut: int) -> None:
    for data in (WHOLE[:-cut], WHOLE + b"x" * cut, b"x" * cut + WHOLE, WHOLE[cut:]):
        with pytest.raises(ZhunyuError, match="K010"):
            package.unpack(data)


def test_a_zip_that_is_spelt_otherwise_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for path, data in FILES.items():
            made.writestr(f"a/{path}", data * 50)
    for data in (stream.getvalue(), b"", b"PK\x05\x06" + b"\0" * 18):
        with pytest.raises(ZhunyuError, match="K010"):
            package.unpack(data)


@pytest.mark.parametrize("path", ["../a", "/a", "a//b", "a/./b", "a\\b", "c:a", "a/..", "a\0b", ".hidden", "a/b "])
def test_a_path_that_is_not_safe_everywhere_is_never_packed(path: str) -> None:
    with pytest.raises(ValueError, match="safe path"):
        package.pack("root", {path: b""})


@pytest.mark.parametrize(
    "title", ["../../etc/passwd", "执照\x00.pdf", "  ..", "a" * 400, "\u202egnp.exe", "<b>|?*", ""]
)
def test_every_title_becomes_a_safe_file_name(title: str) -> None:
    assert package.pack("root", {package.file_name(title): b""})


def test_another_key_is_not_believed() -> None:
    assert package.faults(WHOLE, new_ring(secrets.token_bytes).trusted("audit"))


def test_an_answer_belongs_to_one_package_and_one_archive() -> None:
    key = RING.signer("push")
    trusted, digest = RING.trusted("push"), package.sm3_hex(WHOLE)
    good = sign_handover("D-1", digest, (), "2026-02-10T10:00:00+08:00", key)
    assert read_handover(good, trusted, "D-1", digest).result == "接收"
    bad = sign_handover("D-1", digest, ("元数据缺少密级。",), "2026-02-10T10:00:00+08:00", key)
    assert read_handover(bad, trusted, "D-1", digest).result == "退回"
    for data, keys, code, of in (
        (good, TRUSTED, "D-1", digest), (good, trusted, "D-2", digest), (good, trusted, "D-1", "0" * 64),
        (good.replace("接收".encode(), "退回".encode()), trusted, "D-1", digest), (b"{}", trusted, "D-1", digest),
    ):  # fmt: skip
        with pytest.raises(ZhunyuError, match="K010"):
            read_handover(data, keys, code, of)
