"""Thousands of steps of the sign-off's state machine, and how many answers of real programs are understood.

Receives nothing; hands on lines. A broken invariant raises, with the shortest story that breaks it.
"""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.mailbox_worker.sign_off.test_programs import figures
from tests.mailbox_worker.sign_off.test_state_machine import Office

STORIES, STEPS = 60, 50


def main() -> list[str]:
    """Play, and count."""
    told: Counter[str] = Counter()

    class Counted(Office):
        """An office that counts what its stories reached."""

        def teardown(self) -> None:
            """Count, and close."""
            if hasattr(self, "ledger"):
                told.update(self.reached())
            super().teardown()

    shown = settings(
        max_examples=STORIES,
        stateful_step_count=STEPS,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    run_state_machine_as_test(Counted, settings=shown)
    return [
        f"{told['stories']} stories, {told['mails']} mails; letters: "
        + ", ".join(f"{name} {count}" for name, count in sorted(told.items()) if name not in ("stories", "mails")),
        *(
            f"answers that mean {meant}: {answers}, understood {understood}, false approvals {approved}"
            for meant, answers, understood, _, approved in figures()
        ),
    ]
