"""The demonstration's organisation gives every demo account what its roles gave it before."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import yaml

from engine.errors import ZhunyuError
from engine.model.organisation import Holding, Organisation
from engine.model.permission import PermissionTable
from engine.ports.accounts import Account
from engine.services.permission import powers_of
from engine.services.standing import resolved
from engine.worker.organisation import read_charter

DEMO = Path(__file__).resolve().parents[3] / "rules" / "demo"


def test_every_demo_account_may_do_what_its_roles_say() -> None:
    charter = read_charter(DEMO / "organisation.yaml")
    holdings = tuple(Holding(one.login, one.login, one.post, one.since, one.until) for one in charter.people)
    organisation = Organisation(
        1, charter.units, charter.posts, holdings, (PermissionTable(1, "2026-01-01", charter.permissions),)
    )
    staff = yaml.safe_load((DEMO / "accounts.yaml").read_text(encoding="utf-8"))["staff"]
    placed = {one.login for one in charter.people}
    assert placed <= {one["login"] for one in staff} and len(placed) > 20
    for one in staff:
        account = Account(
            one["login"], one["login"], "staff", one["name"], roles=tuple(one["roles"]), district=one["district"]
        )
        able = resolved(account, organisation, {}, "2026-11-30", {})
        assert able.roles == account.roles
        bare = [msgspec.structs.replace(power, post="") for power in powers_of(able)]
        assert bare == list(powers_of(account))


def test_a_file_that_does_not_fit_says_where(tmp_path: Path) -> None:
    file = tmp_path / "organisation.yaml"
    file.write_text("units:\n  - {id: hp, name: 黄浦}\n", encoding="utf-8")
    with pytest.raises(ZhunyuError, match=r"A004.*organisation\.yaml"):
        read_charter(file)
