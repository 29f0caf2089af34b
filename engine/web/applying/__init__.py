"""Filling in an application, for the portal and for the counter: the same pages over the same services."""
