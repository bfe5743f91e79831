"""A whole lecture with a class, measured: `python -m tests.load`."""
