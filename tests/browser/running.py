"""The whole product for browser tests; see `tests.running`."""

from tests.running import Site, free_ports, running

__all__ = ["Site", "free_ports", "running"]
