"""Documents and certificates as PDF."""
