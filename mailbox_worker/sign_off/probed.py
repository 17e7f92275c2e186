"""What a probe of the mail server found out: which proofs hold for a person, by a genuine answer and by forged ones.

Receives an answer to a probe (`tenday doctor --probe PERSON`); writes down, for each proof, whether this mail would
have proved the person. Hands on, at each later answer, where the pinned field stood and whether a forged mail passed.
A probe belongs to no letter: nothing can be signed off by it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from mailbox_worker.config import Config
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import probes, requests
from mailbox_worker.letter.authenticity import counted_results
from mailbox_worker.sign_off.evidence import Asked, Verdict
from mailbox_worker.sign_off.proof import Answered, prove

MARK = "tenday-trial"  # the first word of a forged trial; the second is its name
RESULTS = "authentication-results"
PROOFS = (RESULTS, "dkim", "totp")


class Trial(StrEnum):
    """The genuine answer, and the ways in which the probe forges one."""

    GENUINE = "genuine"
    FROM_FORGED = "from-forged"  # from outside, under the person's address, in reply to the request
    RESULT_FORGED = "result-forged"  # with a field of our own server's name that says what proves
    TRACE_FORGED = "trace-forged"  # and a Received of our own server's under it
    LOGIN_FORGED = "login-forged"  # from another account of the office's, under the person's address
    LOGIN_RESULT_FORGED = "login-result-forged"  # the same with a forged field
    OTHER_PERSON = "other-person"  # under another colleague's address


@dataclass(frozen=True, slots=True)
class Probed:
    """What the last answered probe of a person says of one proof; `passed` are the forged mails that it let through."""

    proved: bool
    passed: tuple[str, ...]
    position: int | None
    evidence: str

    @property
    def holds(self) -> bool:
        """Tell whether the person is proved and nobody else."""
        return self.proved and not self.passed


def keep_probe(desk: Desk, writer: Writer, answered: Answered, asked: Asked, request: int, new_text: str) -> Trial:
    """Write down what each proof says of an answer to a probe; gives which of the trials it is."""
    trial = _trial_of(new_text)
    results = counted_results(answered.mail, desk.server) if desk.server is not None else {}
    for proof in PROOFS:
        verdict = prove(_alone(desk.config, proof), desk.server, answered, asked)
        position = next(iter(results.values())).position if results and proof == RESULTS else None
        _keep(writer, request, trial, proof, verdict, position)
    return trial


def probed(connection: Connection, person: str) -> dict[str, Probed]:
    """Give what the person's last answered probe says of each proof; nothing before a probe."""
    query = (
        select(probes)
        .join(requests, requests.c.id == probes.c.request)
        .where(requests.c.person == person)
        .order_by(probes.c.id)
    )
    rows = connection.execute(query).all()
    last = max((row.request for row in rows if row.trial == Trial.GENUINE), default=None)
    return {proof: _conclude([row for row in rows if (row.request, row.proof) == (last, proof)]) for proof in PROOFS}


def _conclude(rows: list[Row[Any]]) -> Probed:
    genuine = next((row for row in rows if row.trial == Trial.GENUINE), None)
    passed = tuple(row.trial for row in rows if row.trial != Trial.GENUINE and row.proved)
    if genuine is None:
        return Probed(proved=False, passed=passed, position=None, evidence="not probed")
    return Probed(genuine.proved, passed, genuine.position, genuine.evidence)


def _trial_of(new_text: str) -> Trial:
    words = new_text.split()
    forged = words[1] if len(words) > 1 and words[0] == MARK else ""
    return Trial(forged) if forged in set(Trial) else Trial.GENUINE


def _alone(config: Config, proof: str) -> Config:
    return config.model_copy(update={"sign_off": config.sign_off.model_copy(update={"proof": (proof,)})})


def _keep(writer: Writer, request: int, trial: Trial, proof: str, verdict: Verdict, position: int | None) -> None:
    writer.connection.execute(
        insert(probes).values(
            request=request,
            trial=trial,
            proof=proof,
            proved=verdict.proved,
            position=position,
            evidence=verdict.evidence or str(verdict.reason),
            at=writer.now,
        )
    )
