from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import ZhunyuError
from engine.settings import Settings, load


def settings(folder: Path, **given: str) -> Settings:
    return load({"ZHUNYU_DATA_DIR": str(folder / "data"), **{f"ZHUNYU_{name}": text for name, text in given.items()}})


def test_nothing_needs_to_be_set_but_the_folder(tmp_path: Path) -> None:
    made = settings(tmp_path)
    assert (made.port, made.worker, made.sandbox) == (8000, "embedded", True)


def test_the_secret_is_the_same_at_the_next_start(tmp_path: Path) -> None:
    assert settings(tmp_path).secret == settings(tmp_path).secret


def test_the_secret_and_the_passphrase_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    folder = settings(tmp_path).data_dir
    modes = [path.stat().st_mode & 0o777 for path in (folder / "session.key", folder / "keys" / "passphrase")]
    assert modes == [0o600, 0o600]


def test_a_given_secret_is_not_written_down(tmp_path: Path) -> None:
    made = settings(tmp_path, SECRET="given", KEY_PASSPHRASE="also given")
    assert made.secret == "given" and not (made.data_dir / "session.key").exists()


def test_secrets_are_not_in_what_is_printed(tmp_path: Path) -> None:
    made = settings(tmp_path, SECRET="very-secret-words")
    assert "very-secret-words" not in repr(made)


def test_the_peer_listens_beside_the_web_server(tmp_path: Path) -> None:
    assert settings(tmp_path, PORT="9000").registry_url == "http://127.0.0.1:9001"


def test_with_a_real_peer_there_is_no_sandbox(tmp_path: Path) -> None:
    assert not settings(tmp_path, PEER_URL="https://gateway.invalid").sandbox


@pytest.mark.parametrize(
    ("name", "text"),
    [("PORT", "0"), ("PORT", "eight"), ("PORT", "８０００"), ("WORKER", "cron"), ("COOKIE_SECURE", "maybe"),
     ("PUBLIC_URL", "example.invalid"), ("SECOND_SHARE", "0"), ("APPS", "none")],
)  # fmt: skip
def test_a_value_that_is_not_permitted_is_s001_and_names_the_variable(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(ZhunyuError, match=f"S001 ZHUNYU_{name}"):
        settings(tmp_path, **{name: text})


def test_celery_needs_a_broker(tmp_path: Path) -> None:
    with pytest.raises(ZhunyuError, match="ZHUNYU_BROKER_URL"):
        settings(tmp_path, WORKER="celery")


def test_a_data_directory_that_cannot_be_made_is_s004(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file is in the way")
    with pytest.raises(ZhunyuError, match="S004"):
        settings(tmp_path)


def test_the_demonstration_asks_for_less_at_sign_in_than_an_installation_in_earnest(tmp_path: Path) -> None:
    given = {"ZHUNYU_DATA_DIR": str(tmp_path)}
    demo, earnest = load(given), load({**given, "ZHUNYU_DEMO": "0"})
    assert (demo.sign_in.second_factor, demo.sign_in.password_days, demo.staff.office) == (
        "allowed", 0, f"{demo.peer_url}/office",
    )  # fmt: skip
    assert (earnest.sign_in.second_factor, earnest.sign_in.password_days, earnest.staff.office) == ("required", 90, "")


@pytest.mark.parametrize(
    ("name", "value"), [("SECOND_FACTOR", "maybe"), ("SESSION_IDLE", "1"), ("SIGN_IN_FAILURES", "0")]
)
def test_a_rule_of_signing_in_that_makes_no_sense_is_refused(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ZhunyuError, match="S001"):
        load({"ZHUNYU_DATA_DIR": str(tmp_path), f"ZHUNYU_{name}": value})
