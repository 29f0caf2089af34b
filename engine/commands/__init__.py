"""The parts of the `zhunyu` command."""
