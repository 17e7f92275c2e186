"""Each known way in which mail is lost, doubled, leaked or forged has a test that carries its number.

F01 to F96 are failures that other mail systems have had, THREAT_1 to THREAT_29 what an attacker or a server does to
this one. A number stands in a test's name (`test_F12_…`), or under `shows` beside a mail of the corpus or an attack of
forgeries.yml, where one test reads the whole folder or table.
"""

import re
from functools import cache
from pathlib import Path

import pytest
import yaml

TESTS = Path(__file__).parent
NUMBER = r"F\d\d|THREAT_\d\d?"
NAMES = re.compile(rf"^def test_((?:(?:{NUMBER})_)+)", re.MULTILINE)
# Intake, characters and parts, loops and returned mail with sending, approval, dates and surveys.
FAILURES = [*range(1, 27), *range(30, 47), *range(50, 70), *range(70, 87), *range(90, 97)]
THREATS = range(1, 30)
ALL = [*(f"F{number:02}" for number in FAILURES), *(f"THREAT_{number}" for number in THREATS)]


@cache
def carried() -> set[str]:
    """Give every number that a test, a mail of the corpus or an attack carries."""
    names = [name for file in TESTS.rglob("test_*.py") for name in NAMES.findall(file.read_text(encoding="utf-8"))]
    mails = (TESTS / "letters" / "corpus").glob("*.yml")
    shown = [str(yaml.safe_load(mail.read_text(encoding="utf-8"))["shows"]) for mail in mails]
    table = TESTS / "mailbox_worker" / "sign_off" / "forgeries.yml"
    attacks = yaml.safe_load(table.read_text(encoding="utf-8")).values()
    shown += [attack.get("shows", "") for attacks_of_a_kind in attacks for attack in attacks_of_a_kind]
    return {number for text in (*names, *shown) for number in re.findall(NUMBER, text)}


@pytest.mark.parametrize("number", ALL)
def test_every_number_of_the_catalogue_has_a_test(number: str) -> None:
    assert number in carried()


def test_no_test_carries_a_number_that_the_catalogue_does_not_have() -> None:
    assert carried() <= set(ALL)
