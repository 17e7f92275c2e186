"""Count a writer's vote: one letter, one vote.

Receives a mail that was sorted as the answer to a survey; hands on a row of votes. Of several votes of a letter the
last one counts (F96), and all of them stay; a link cannot vote, because there is none.
"""

from sqlalchemy import insert, select

from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import votes
from mailbox_worker.letter.rules import Seen
from mailbox_worker.letter.votes import vote_of
from mailbox_worker.mail.new_text import split_new_text


def count_vote(writer: Writer, seen: Seen, arrival: int) -> None:
    """Take the vote; the figures count the newest of each letter."""
    letter, vote = str(seen.survey), str(vote_of(split_new_text(seen.mail.text).new))
    first = writer.connection.execute(select(votes.c.letter).where(votes.c.letter == letter)).first() is None
    writer.connection.execute(insert(votes).values(letter=letter, vote=vote, arrival=arrival, at=writer.now))
    writer.record("voted" if first else "voted-again", letter=letter, arrival=arrival)
