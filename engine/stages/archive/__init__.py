"""The archive: how an ended case is described, written down as a package, and checked. Pure."""
