"""The installation of the admin tests: one for all, since each test files cases of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.admin_world import AdminWorld
from tests.web.portal_world import PortalWorld


@pytest.fixture(scope="session")
def admin_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AdminWorld]:
    world = AdminWorld(tmp_path_factory.mktemp("admin"))
    yield world
    world.close()


@pytest.fixture(scope="session")
def portal_installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PortalWorld]:
    world = PortalWorld(tmp_path_factory.mktemp("portal"))
    yield world
    world.close()


@pytest.fixture
def portal_world(portal_installation: PortalWorld) -> PortalWorld:
    """The installation, with nobody near a rate limit."""
    portal_installation.forget_rates()
    return portal_installation
