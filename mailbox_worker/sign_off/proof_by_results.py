"""The proof that our own mail server wrote down (RFC 8601): which account submitted this mail.

Receives a mail; hands on a Verdict. For addresses of the office's own domain only `auth=pass` of the person's account
counts: dmarc and dkim prove a domain, not a colleague (RFC 7489).
"""

from mailbox_worker.letter.authenticity import OwnServer, counted_results, same_address, says_twice, sole_sender
from mailbox_worker.mail.authentication import MethodResult
from mailbox_worker.mail.parsed import ParsedMail
from mailbox_worker.sign_off.evidence import Asked, Verdict, is_own_domain, refused

METHOD = "authentication-results"


def by_results(domain: str, server: OwnServer | None, mail: ParsedMail, account: str, asked: Asked) -> Verdict:
    """Prove by the pinned server's results; anywhere else than where a probe saw them they are refused."""
    if server is None:
        return refused(METHOD, "no-result", "no sign_off.authserv_id is configured")
    sender = str(sole_sender(mail))
    method = "auth" if is_own_domain(sender, domain) else "dmarc"
    if says_twice(mail, server, method):
        return refused(METHOD, "two-results", f"more than one {method}= result of {server.authserv_id}")
    result = counted_results(mail, server).get(method)
    if result is None:
        return refused(METHOD, "no-result", f"no {method}= result")
    if asked.position is not None and result.position != asked.position:
        where = f"the result stands at {result.position}, the probe found it at {asked.position}"
        return refused(METHOD, "no-result", where)
    header = mail.header_at(result.position)
    if method == "auth":
        return _own_account(result, account, header)
    return _aligned_domain(result, sender.rpartition("@")[2].lower(), header)


def _own_account(auth: MethodResult, account: str, header: str) -> Verdict:
    found = auth.properties.get("smtp.auth", "")
    evidence = f"auth={auth.result} smtp.auth={found}"
    if auth.result != "pass":
        return refused(METHOD, "not-logged-in", evidence, header)
    if not same_address(found, [account]):
        return refused(METHOD, "other-account", evidence, header)
    return Verdict(proved=True, method=METHOD, evidence=evidence, header=header)


def _aligned_domain(dmarc: MethodResult, domain: str, header: str) -> Verdict:
    named = dmarc.properties.get("header.from", "").lower()
    evidence = f"dmarc={dmarc.result} header.from={named}"
    if dmarc.result != "pass" or named != domain:
        return refused(METHOD, "not-aligned", evidence, header)
    return Verdict(proved=True, method=METHOD, evidence=evidence, header=header)
