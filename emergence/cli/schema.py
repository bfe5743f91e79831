"""Command line: `python -m emergence schema experiment`."""

from __future__ import annotations

import argparse
import json

from emergence.sweeps.schema import SCHEMAS


def schema(given: argparse.Namespace) -> int:
    """Print a JSON Schema. Exit status 0."""
    print(json.dumps(SCHEMAS[given.of](), indent=1))
    return 0
