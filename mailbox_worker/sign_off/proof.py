"""Prove who wrote a staff answer. From alone proves nothing, and neither does a token.

Receives the mail, the request it answers and the person who was asked; hands on a Verdict with the evidence and the
header that are stored with the decision. The configured ways are tried in their order, any one is enough; in
{all: […]} every proof must hold. From must be the one registered address in every case.
"""

from dataclasses import dataclass, replace

from mailbox_worker.config import Config
from mailbox_worker.letter.authenticity import OwnServer, same_address, sole_sender
from mailbox_worker.letter.crockford import digest, tokens_in
from mailbox_worker.mail.parsed import ParsedMail
from mailbox_worker.sign_off import proof_by_results, proof_by_signature
from mailbox_worker.sign_off.evidence import Asked, Verdict, refused

# These say that somebody tried; without any result, or without a code, it may be the server or a slip.
ATTEMPTS = frozenset(
    {"other-address", "not-logged-in", "other-account", "not-aligned", "two-results", "wrong-code", "used-code"}
    | {"bad-signature", "other-token"}
)
SILENT = frozenset({"no-code", "no-result", "no-signature"})  # a reason that says more is told first


@dataclass(frozen=True, slots=True)
class Answered:
    """A staff answer as it arrived: the bytes and what was read of them, and what its code proved."""

    raw: bytes
    mail: ParsedMail
    code: Verdict


def prove(config: Config, server: OwnServer | None, answered: Answered, asked: Asked) -> Verdict:
    """Prove that the person who was asked wrote this mail."""
    registered = config.address_of(asked.person)
    sender = sole_sender(answered.mail)
    if registered is None:
        return refused("from", "left", "")
    if sender is None or not same_address(sender, [registered]):
        return refused("from", "other-address", f"from={sender}")
    quoted = {digest(token) for token in tokens_in(answered.mail.text)}
    if quoted and asked.token_digest not in quoted:  # a genuine mail about another letter (THREATS: replayed)
        return refused("token", "other-token", "the tokens in its text belong to other requests")
    first: Verdict | None = None
    for way in config.sign_off.ways:
        verdict = _all_of([_by(proof, config, server, answered, asked) for proof in way])
        if verdict.proved:
            return verdict
        first = verdict if first is None or first.reason in SILENT else first
    return first or refused("none", "no-result", "")


def _all_of(verdicts: list[Verdict]) -> Verdict:
    failed = next((verdict for verdict in verdicts if not verdict.proved), None)
    if failed is not None:
        return failed
    return replace(
        verdicts[0],
        method="+".join(verdict.method for verdict in verdicts),
        evidence="; ".join(verdict.evidence for verdict in verdicts),
        header="\n".join(verdict.header for verdict in verdicts if verdict.header),
    )


def _by(proof: str, config: Config, server: OwnServer | None, answered: Answered, asked: Asked) -> Verdict:
    if proof == "none":
        return Verdict(proved=True, method="none", evidence="no proof asked for by configuration")
    if proof == "totp":
        return answered.code
    if proof == "dkim":
        return proof_by_signature.by_signature(config, answered.raw, answered.mail, asked)
    if asked.fooled:
        return refused(proof, "not-trusted", "at the last probe the server let a forged mail through")
    account = config.account_of(asked.person) or str(config.address_of(asked.person))
    return proof_by_results.by_results(config.domain, server, answered.mail, account, asked)
