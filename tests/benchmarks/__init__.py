"""Timings: `python -m tests.benchmarks`. Ratios within one run; nothing here asserts a time."""
