"""Frozen values that every layer speaks in, and what law and standards say of them. No clock, no world."""
