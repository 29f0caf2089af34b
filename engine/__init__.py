"""Zhunyu 准予: declare a government matter in YAML; the engine does the rest."""
