"""The installation of the admin tests: one for all, since each test files cases of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.admin_world import AdminWorld


@pytest.fixture(scope="session")
def admin_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AdminWorld]:
    world = AdminWorld(tmp_path_factory.mktemp("admin"))
    yield world
    world.close()
