"""`tenday mail hold|resume|settle`: what a person may do about outgoing mail; each also exists as a staff word by mail.

Reads the configuration, opens the desk, puts the word down in the ledger, prints one line. The next pass acts on it.
"""

from datetime import UTC, datetime
from pathlib import Path

import click

from bureau.exits import Exit
from mailbox_worker.cli_desk import CONFIG, open_desk
from mailbox_worker.ledger.outbox import WORD_FITS, newest_reply, say, word_fits
from mailbox_worker.ledger.standing import hold_sending, resume_sending
from mailbox_worker.ledger.vocabulary import Word

BY = "command-line"


@click.command()
@CONFIG
def hold(config_file: Path) -> int:
    """Stop all mail to writers until it is resumed; staff mail goes on."""
    with open_desk(config_file) as desk, desk.ledger.write(datetime.now(UTC)) as writer:
        done = hold_sending(writer, BY)
    click.echo("mail to writers is held" if done else "mail to writers was held already")
    return Exit.DONE


@click.command()
@CONFIG
def resume(config_file: Path) -> int:
    """Let mail to writers go again."""
    with open_desk(config_file) as desk, desk.ledger.write(datetime.now(UTC)) as writer:
        done = resume_sending(writer, BY)
    click.echo("mail to writers goes again" if done else "nothing was held")
    return Exit.DONE


@click.command()
@click.argument("number")
@click.argument("word", type=click.Choice([str(word) for word in Word]))
@CONFIG
def settle(number: str, word: str, config_file: Path) -> int:
    """Say what became of a letter's reply: sent, again (send the same bytes once more) or bounced."""
    with open_desk(config_file) as desk, desk.ledger.write(datetime.now(UTC)) as writer:
        reply = newest_reply(writer.connection, number)
        fits = reply is not None and word_fits(writer.connection, reply, Word(word))
        if reply is not None and fits:
            say(writer, reply.id, Word(word), BY)
    if not fits:
        state = "it has no reply" if reply is None else f"its reply is {reply.state}"
        click.echo(f"{number}: {state}; expected one that is {' or '.join(WORD_FITS[Word(word)])}", err=True)
        return Exit.BAD_CONTENT
    click.echo(f"{number}: {word}; the next pass acts on it")
    return Exit.DONE


SENDING_COMMANDS = (hold, resume, settle)
