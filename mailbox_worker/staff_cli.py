"""`tenday staff …`: what an administrator does for a colleague.

Receives argv; hands on to the module that does it.
"""

from pathlib import Path

import click

from bureau.content import load_content
from bureau.exits import Exit, Stop
from mailbox_worker.config_file import load_config
from mailbox_worker.enrolling import enrol as enrol_person
from mailbox_worker.mail.words import words


@click.group()
def staff() -> None:
    """Do what an administrator does for a colleague."""


@staff.command()
@click.argument("person")
@click.option("--config", "config_file", required=True, type=click.Path(path_type=Path), help="The worker's YAML file.")
def enrol(person: str, config_file: Path) -> int:
    """Give PERSON a secret for one-time codes; the QR code is shown once."""
    config = load_config(config_file)
    content = load_content(Path(config.content))
    if person not in content.staff.people or config.address_of(person) is None:
        known = ", ".join(entry.person for entry in config.staff)
        raise Stop(Exit.BAD_CONFIGURATION, f"{config_file}: staff: found no {person}, expected one of {known}")
    made = enrol_person(config, person, content.office.name)
    says = words("enrolment")
    click.echo(says["scan"].format(name=content.staff.people[person].name))
    click.echo(made.picture)
    click.echo(says["type"].format(secret=made.secret))
    if not config.sign_off.uses("totp"):
        click.echo(says["unused"], err=True)
    return Exit.DONE
