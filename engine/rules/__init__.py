"""The rule language: rule text, typed JsonLogic, three-valued evaluation and its explanation."""
