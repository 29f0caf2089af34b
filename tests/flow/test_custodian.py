"""Checkpoints at the second custodian over HTTP: signed, added only, and given back for comparison."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import requests

from deploy.sandbox import app as sandbox
from engine.adapters.clock import SystemClock
from engine.adapters.custodian import FolderCustodian, HttpCustodian, custodian_of
from engine.adapters.keys import crypto_of
from engine.errors import ZhunyuError
from engine.trust.history import Checkpoint
from engine.trust.keys import KeyRing, new_ring, write_trusted
from tests.flow.serving import served

POINTS = tuple(
    Checkpoint(batch, batch, batch, "a" * 64, "b" * 64, "", "2026-11-25T10:00:00+08:00", "audit-1", "sig")
    for batch in (1, 2, 3)
)


@pytest.fixture(scope="module")
def ring() -> KeyRing:
    return new_ring(secrets.token_bytes)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, ring: KeyRing) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("custody")
    (folder / "registry.yaml").write_text("organizations: []\ndefaults: {}\n", encoding="utf-8")
    (folder / "trusted.json").write_text(write_trusted(ring.trusted("push")), encoding="utf-8")
    with served(sandbox.create_app(folder, folder / "registry.yaml", folder / "trusted.json")) as base:
        yield f"{base}/custody"


def custodian(address: str, ring: KeyRing) -> HttpCustodian:
    found = custodian_of(address, crypto_of(ring), SystemClock())
    assert isinstance(found, HttpCustodian)
    return found


def test_what_is_handed_over_is_given_back_and_twice_is_harmless(address: str, ring: KeyRing) -> None:
    other = custodian(address, ring)
    other.keep(POINTS[:2])
    other.keep(POINTS)
    assert (other.kept(0, 10), other.kept(1, 1)) == (POINTS, POINTS[1:2])


def test_a_checkpoint_that_is_held_is_never_replaced(address: str, ring: KeyRing) -> None:
    other = custodian(address, ring)
    other.keep(POINTS)
    with pytest.raises(ZhunyuError, match="409"):
        other.keep((msgspec.structs.replace(POINTS[0], root="c" * 64),))
    assert other.kept(0, 1) == POINTS[:1]


def test_a_stranger_neither_hands_over_nor_reads(address: str) -> None:
    stranger = custodian(address, new_ring(secrets.token_bytes))
    with pytest.raises(ZhunyuError, match="401"):
        stranger.keep(POINTS)
    with pytest.raises(ZhunyuError, match="401"):
        stranger.kept(0, 10)
    assert requests.get(address, timeout=5).status_code == 401


def test_a_custodian_out_of_reach_is_told(ring: KeyRing) -> None:
    with pytest.raises(ZhunyuError, match="连接不上第二处保管"):
        custodian("http://127.0.0.1:9/custody", ring).keep(POINTS)


def test_a_folder_holds_what_it_was_given_and_a_damaged_file_is_told(tmp_path: Path, ring: KeyRing) -> None:
    folder = custodian_of(str(tmp_path / "elsewhere"), crypto_of(ring), SystemClock())
    assert isinstance(folder, FolderCustodian) and folder.kept(0, 10) == ()
    folder.keep(POINTS[:1])
    folder.keep(POINTS)
    assert folder.kept(0, 10) == POINTS
    (tmp_path / "elsewhere" / "checkpoints.jsonl").write_text("{", encoding="utf-8")
    with pytest.raises(ZhunyuError, match="S006"):
        folder.kept(0, 10)


def test_no_custodian_is_named_by_nothing(ring: KeyRing) -> None:
    assert custodian_of("", crypto_of(ring), SystemClock()) is None
