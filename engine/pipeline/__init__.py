"""The pipeline: where the stages meet. `assess` judges an application, `advance` is the only way a case changes."""
