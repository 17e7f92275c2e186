"""Tell whether a letter must be handled at once (信访工作条例第二十五条), and by which of its words.

Receives the words and the number of signers that content names. Hands on the reasons; deciding what to do about a
letter is a person's.
"""

from bureau.desk import Urgent
from mailbox_worker.ledger.letters import Letter


def urgent_words(urgent: Urgent | None, subject: str, text: str) -> tuple[str, ...]:
    """Return the urgent words that stand in a letter, with or without spaces between their characters."""
    if urgent is None:
        return ()
    written = "".join(f"{subject}\n{text}".split())
    return tuple(word for word in urgent.words if word in written)


def is_urgent(letter: Letter, urgent: Urgent | None) -> bool:
    """Tell whether a letter has an urgent word, or as many signers as content calls urgent."""
    return bool(letter.urgent) or (urgent is not None and letter.people >= urgent.signers)
