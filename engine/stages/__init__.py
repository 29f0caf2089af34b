"""The stages: pure functions, strangers to each other, that meet only in the pipeline."""
