"""The manual of signatures names the settings and commands there are, with their defaults."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import engine.cli  # noqa: F401  the commands register themselves
from deploy.sandbox.signer import PIN
from engine.cli.root import cli
from engine.matters.schema_matter import SIGNED
from engine.services.signing import DEMO_PIN, WORDS
from engine.settings import load

ROOT = Path(__file__).resolve().parents[2]
MANUAL = (ROOT / "docs" / "电子签名.md").read_text(encoding="utf-8")
DEPLOYMENT = (ROOT / "docs" / "部署.md").read_text(encoding="utf-8")


def test_the_table_of_settings_is_that_of_the_manual_of_deployment() -> None:
    names = re.findall(r"^\| `(ZHUNYU_[A-Z_]+)` \|", MANUAL, re.M)
    row = r"^\| `{}` \| ([^|]+) \|"
    for name in names:
        here, there = (re.search(row.format(name), text, re.M) for text in (MANUAL, DEPLOYMENT))
        assert here is not None and there is not None and here[1] == there[1]
    assert set(names) == {
        "ZHUNYU_SIGNING", "ZHUNYU_SIGNATURE_URL", "ZHUNYU_TRUST_DIR", "ZHUNYU_DEVELOPMENT_CA",
    }  # fmt: skip


def test_the_defaults_are_as_the_manual_says(tmp_path: Path) -> None:
    given = {"ZHUNYU_DATA_DIR": str(tmp_path)}
    demo, formal = load(given), load({**given, "ZHUNYU_DEMO": "0", "ZHUNYU_PEER_URL": "http://127.0.0.1:9"})
    assert (demo.signing, demo.development_ca, demo.trust_dir) == ("required", True, tmp_path / "trust")
    assert demo.signature_url == demo.peer_url
    assert (formal.development_ca, formal.signature_url) == (False, "")


def test_every_command_of_the_manual_exists_and_every_command_is_in_it() -> None:
    group = cli.commands["pki"]
    assert set(re.findall(r"zhunyu pki ([a-z-]+)", MANUAL)) == set(group.commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("word", sorted(WORDS.values()))
def test_every_act_an_officer_signs_is_named(word: str) -> None:
    assert word in MANUAL


def test_the_pins_of_the_demonstration_and_the_words_of_the_language_are_right() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", MANUAL, re.S)
    words = {word for line in "".join(blocks).splitlines() for word in yaml.safe_load(line)["sign"]}
    assert words == set(SIGNED) and DEMO_PIN in MANUAL and PIN in MANUAL
