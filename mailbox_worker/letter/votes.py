"""Read a writer's answer to our survey: one word of the catalog, or none.

Receives new text; hands on which of the three votes it is. A sentence is not a vote: it is a letter like any other.
"""

from mailbox_worker.letter.decisions import trim
from mailbox_worker.mail.words import words


def vote_of(new_text: str) -> str | None:
    """Give the vote whose word is the sole line of new text."""
    lines = [trimmed for line in new_text.splitlines() if (trimmed := trim(line))]
    if len(lines) != 1:
        return None
    return next((vote for vote, said in words("votes").items() if lines[0] in said), None)
