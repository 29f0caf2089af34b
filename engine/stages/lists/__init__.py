"""Lists of rows as files: the template, reading what was filled in, and the results."""
