"""Take a letter a step further: the table decides, the letter's row changes, an event says so.

The only place of this package that writes, and the only one of the worker that moves a letter once it is logged: in the
transaction of whoever asks for the step.
"""

from collections.abc import Mapping
from typing import Any

from mailbox_worker.ledger.letters import change_letter
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.vocabulary import LetterState
from mailbox_worker.letter.states import Step, after


def take_step(
    writer: Writer,
    number: str,
    state: LetterState,
    step: Step,
    /,
    *,
    by: str = "tenday",
    columns: Mapping[str, Any] | None = None,
    **facts: Any,
) -> None:
    """Take the step from the state that the letter is in, set `columns`, and record `facts` and the new state.

    `by` is a person's id or the program. Raises NotAllowed, before anything is written, where the table refuses it.
    """
    to = after(state, step)
    change_letter(writer, number, state=to, **(columns or {}))
    writer.record(step, letter=number, by=by, state=to, **facts)
