"""Run `python -m tenday` as `tenday`."""

from tenday.cli import main

main()
