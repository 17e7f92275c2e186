"""Run every measurement beside this file and print what each of them found.

Receives nothing; takes each `*_bench.py` here in the order of its name, calls its `main()`, which returns lines, and
prints them under the measurement's name. No measurement is a timed test: figures are ratios to a floor of the same run.
"""

import importlib
from pathlib import Path

import click


def main() -> None:
    """Run all measurements, one after the other."""
    for file in sorted(Path(__file__).parent.glob("*_bench.py")):
        click.echo(file.stem.removesuffix("_bench").replace("_", " "))
        for line in importlib.import_module(f"tests.bench.{file.stem}").main():
            click.echo(f"  {line}")


if __name__ == "__main__":
    main()
