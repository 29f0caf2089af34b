"""The certificate of a granted case: its term, its face, its number, and what becomes of the one acted on."""
