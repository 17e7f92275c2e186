"""Prove who wrote a staff answer. From alone proves nothing, and neither does a token.

Receives the mail and the person who was asked; hands on a Verdict with the evidence that is stored with the
decision. For addresses of the office's own domain only `auth=pass` of the person's account counts: dmarc and
dkim prove a domain, not a colleague (RFC 8601, RFC 7489).
"""

from dataclasses import dataclass

from mailbox_worker.config import Config
from mailbox_worker.letter.authenticity import OwnServer, counted_results, same_address, says_twice, sole_sender
from mailbox_worker.mail.authentication import MethodResult
from mailbox_worker.mail.parsed import ParsedMail


@dataclass(frozen=True, slots=True)
class Verdict:
    """Proved or not, by which method, with the result that decided; `reason` names a key of the refusal's catalog."""

    proved: bool
    method: str
    evidence: str
    reason: str | None = None


def prove(config: Config, server: OwnServer | None, mail: ParsedMail, person: str) -> Verdict:
    """Prove that this person wrote this mail; any one of the configured proofs is enough."""
    registered = config.address_of(person)
    sender = sole_sender(mail)
    if registered is None:
        return Verdict(proved=False, method="from", evidence="", reason="left")
    if sender is None or not same_address(sender, [registered]):
        return Verdict(proved=False, method="from", evidence=f"from={sender}", reason="other-address")
    if "none" in config.sign_off.proof:
        return Verdict(proved=True, method="none", evidence="no proof asked for by configuration")
    return _by_results(config, server, mail, config.account_of(person) or registered)


def _by_results(config: Config, server: OwnServer | None, mail: ParsedMail, account: str) -> Verdict:
    if server is None:
        return Verdict(proved=False, method="authentication-results", evidence="", reason="no-result")
    domain = str(sole_sender(mail)).rpartition("@")[2].lower()
    # A host of ours below our domain is as much a colleague's as the domain itself.
    own = domain == config.domain or domain.endswith("." + config.domain)
    method = "auth" if own else "dmarc"
    if says_twice(mail, server, method):
        evidence = f"more than one {method}= result of {server.authserv_id}"
        return Verdict(proved=False, method="authentication-results", evidence=evidence, reason="no-result")
    result = counted_results(mail, server).get(method)
    return _own_account(result, account) if own else _aligned_domain(result, domain)


def _own_account(auth: MethodResult | None, account: str) -> Verdict:
    if auth is None:
        return Verdict(proved=False, method="authentication-results", evidence="no auth= result", reason="no-result")
    found = auth.properties.get("smtp.auth", "")
    evidence = f"auth={auth.result} smtp.auth={found}"
    if auth.result != "pass":
        return Verdict(proved=False, method="authentication-results", evidence=evidence, reason="not-logged-in")
    if not same_address(found, [account]):
        return Verdict(proved=False, method="authentication-results", evidence=evidence, reason="other-account")
    return Verdict(proved=True, method="authentication-results", evidence=evidence)


def _aligned_domain(dmarc: MethodResult | None, domain: str) -> Verdict:
    if dmarc is None:
        return Verdict(proved=False, method="authentication-results", evidence="no dmarc= result", reason="no-result")
    named = dmarc.properties.get("header.from", "").lower()
    evidence = f"dmarc={dmarc.result} header.from={named}"
    proved = dmarc.result == "pass" and named == domain
    return Verdict(
        proved=proved, method="authentication-results", evidence=evidence, reason=None if proved else "not-aligned"
    )
