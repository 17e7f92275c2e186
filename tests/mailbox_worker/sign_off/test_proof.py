"""Who a staff answer is proved to be from, and everything that proves nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mailbox_worker.letter.authenticity import OwnServer
from mailbox_worker.mail.read import read_mail
from mailbox_worker.sign_off.evidence import Asked, Verdict, refused
from mailbox_worker.sign_off.proof import Answered, prove
from tests.mailbox_worker.desk import CHEN, RECEIVED, WANG, answer, configuration
from tests.mailbox_worker.office import SERVER, mail

if TYPE_CHECKING:
    from mailbox_worker.config import Config
    from mailbox_worker.mail.parsed import ParsedMail

PINNED = "Authentication-Results: mx.bureau.example;"
ELSEWHERE = "chenjing@province.example"
ABROAD = [{"person": "chen-jing", "email": ELSEWHERE}, {"person": "wang-fang", "email": WANG}]


def prove_it(config: Config, server: OwnServer | None, read: ParsedMail, person: str) -> Verdict:
    asked = Asked(person, "", datetime(2026, 3, 5, tzinfo=UTC), datetime(2026, 5, 5, tzinfo=UTC))
    return replace(prove(config, server, Answered(b"", read, refused("totp", "no-code", "")), asked), header="")


def proved(*headers: str, **config: object) -> Verdict:
    return prove_it(configuration(**config), SERVER, mail(*headers), "chen-jing")


def test_a_login_of_the_persons_own_account_proves_a_colleague() -> None:
    verdict = prove_it(configuration(), SERVER, read_mail(answer(CHEN, "同意")), "chen-jing")
    assert verdict == Verdict(proved=True, method="authentication-results", evidence=f"auth=pass smtp.auth={CHEN}")


@pytest.mark.parametrize(
    ("results", "reason"),
    [
        ("auth=none", "not-logged-in"),
        (f"auth=fail smtp.auth={CHEN}", "not-logged-in"),
        (f"auth=temperror smtp.auth={CHEN}", "not-logged-in"),
        (f"auth=pass smtp.auth={WANG}", "other-account"),
        ("auth=pass", "other-account"),
        (f"auth=pass smtp.mailfrom={CHEN}", "other-account"),
        ("auth=pass smtp.auth=chenjing", "other-account"),
        (f"auth=pass smtp.auth={CHEN}.example", "other-account"),
        ("dmarc=pass header.from=bureau.example", "no-result"),
        ("dmarc=pass header.from=bureau.example; dkim=pass header.d=bureau.example; spf=pass", "no-result"),
        ("none", "no-result"),
        (f"auth=pass smtp.auth={CHEN}; auth=pass smtp.auth={CHEN}", "two-results"),
    ],
)
def test_THREAT_2_within_the_own_domain_nothing_else_does(results: str, reason: str) -> None:
    verdict = prove_it(configuration(), SERVER, read_mail(answer(CHEN, "同意", results=results)), "chen-jing")
    assert (verdict.proved, verdict.reason) == (False, reason)


def test_the_account_may_have_another_name_than_the_address() -> None:
    staff = [{"person": "chen-jing", "email": CHEN, "account": "cj0017"}]
    headers = (f"{PINNED} auth=pass smtp.auth=CJ0017", RECEIVED, f"From: {CHEN}")
    assert proved(*headers, staff=staff).proved
    assert not proved(f"{PINNED} auth=pass smtp.auth={CHEN}", RECEIVED, f"From: {CHEN}", staff=staff).proved


@pytest.mark.parametrize(
    "sender",
    [
        f"From: {WANG}",
        "From: chenjing@example.org",
        f"From: {CHEN}.example.org",
        "From: 陈静 <chenjing@bureau.example.org>",
        f'From: "{CHEN}" <attacker@example.org>',
        f"From: {CHEN}, {WANG}",
        "Subject: no From at all",
    ],
)
def test_another_address_in_from_is_refused_whoever_logged_in(sender: str) -> None:
    verdict = proved(f"{PINNED} auth=pass smtp.auth={CHEN}", RECEIVED, sender)
    assert (verdict.proved, verdict.reason) == (False, "other-address")


@pytest.mark.parametrize("other", [CHEN, WANG])
def test_two_from_fields_are_refused(other: str) -> None:
    verdict = proved(f"{PINNED} auth=pass smtp.auth={CHEN}", RECEIVED, f"From: {CHEN}", f"From: {other}")
    assert (verdict.proved, verdict.reason) == (False, "other-address")


@pytest.mark.parametrize(
    "headers",
    [
        (RECEIVED, f"{PINNED} auth=pass smtp.auth={CHEN}"),
        (f"{PINNED} auth=pass smtp.auth={CHEN}",),
        (f"Authentication-Results: elsewhere.example; auth=pass smtp.auth={CHEN}", RECEIVED),
        (f"Authentication-Results: auth=pass smtp.auth={CHEN}", RECEIVED),
        (RECEIVED,),
    ],
)
def test_results_that_our_server_did_not_write_on_top_prove_nothing(headers: tuple[str, ...]) -> None:
    verdict = proved(*headers, f"From: {CHEN}")
    assert (verdict.proved, verdict.reason) == (False, "no-result")


def test_THREAT_1_a_genuine_result_beside_a_forged_one_proves_nothing() -> None:
    genuine = f"{PINNED} auth=pass smtp.auth={CHEN}"
    verdict = proved(genuine, RECEIVED, genuine, f"From: {CHEN}")
    assert (verdict.proved, verdict.reason) == (False, "two-results")
    assert verdict.evidence == "more than one auth= result of mx.bureau.example"


# A colleague whose registered address is elsewhere.


def test_an_aligned_dmarc_pass_proves_an_address_elsewhere() -> None:
    verdict = proved(f"{PINNED} dmarc=pass header.from=province.example", RECEIVED, f"From: {ELSEWHERE}", staff=ABROAD)
    assert (verdict.proved, verdict.evidence) == (True, "dmarc=pass header.from=province.example")


@pytest.mark.parametrize(
    ("results", "reason"),
    [
        ("dmarc=fail header.from=province.example", "not-aligned"),
        ("dmarc=none header.from=province.example", "not-aligned"),
        ("dmarc=pass header.from=attacker.example", "not-aligned"),
        ("dmarc=pass header.from=mail.province.example", "not-aligned"),
        ("dmarc=pass", "not-aligned"),
        ("dkim=pass header.d=province.example; spf=pass smtp.mailfrom=province.example", "no-result"),
        ("auth=pass smtp.auth=chenjing@province.example", "no-result"),
        ("dmarc=pass header.from=province.example; dmarc=fail header.from=province.example", "two-results"),
    ],
)
def test_F72_for_an_address_elsewhere_nothing_else_does(results: str, reason: str) -> None:
    verdict = proved(f"{PINNED} {results}", RECEIVED, f"From: {ELSEWHERE}", staff=ABROAD)
    assert (verdict.proved, verdict.reason) == (False, reason)


def test_an_address_below_the_own_domain_is_a_colleagues() -> None:
    below = "chenjing@law.bureau.example"
    staff = [{"person": "chen-jing", "email": below}]
    dmarc = f"{PINNED} dmarc=pass header.from=law.bureau.example"
    assert not proved(dmarc, RECEIVED, f"From: {below}", staff=staff).proved
    assert proved(f"{PINNED} auth=pass smtp.auth={below}", RECEIVED, f"From: {below}", staff=staff).proved


# Two proofs of which one is enough: the fallback of a colleague whose signatures a gateway breaks.


def test_F86_a_signature_that_a_gateway_broke_proves_nothing_and_a_code_is_the_way_round() -> None:
    config = configuration(staff=ABROAD, sign_off={"proof": ["dkim", "totp"]})
    broken = mail("DKIM-Signature: v=1; a=rsa-sha256; d=province.example; s=s; h=from; b=x", f"From: {ELSEWHERE}")
    asked = Asked("chen-jing", "", datetime(2026, 3, 5, tzinfo=UTC), datetime(2026, 5, 5, tzinfo=UTC))
    alone = prove(config, SERVER, Answered(b"", broken, refused("totp", "no-code", "")), asked)
    assert (alone.proved, alone.reason) == (False, "bad-signature")
    code = Verdict(proved=True, method="totp", evidence="totp step 1")
    assert prove(config, SERVER, Answered(b"", broken, code), asked) == code
    for switch in ("trust", "bypass", "skip_dkim", "allow_unproved"):
        with pytest.raises(ValueError, match=switch):
            configuration(sign_off={"proof": ["dkim"], switch: True})


# Configuration.


def test_a_person_without_a_registered_address_has_left() -> None:
    verdict = proved(RECEIVED, f"From: {CHEN}", staff=[{"person": "wang-fang", "email": WANG}])
    assert (verdict.proved, verdict.reason) == (False, "left")


def test_without_a_pinned_server_nothing_is_proved() -> None:
    verdict = prove_it(configuration(), None, read_mail(answer(CHEN, "同意")), "chen-jing")
    assert (verdict.proved, verdict.reason) == (False, "no-result")


def test_another_pinned_name_makes_the_same_mail_prove_nothing() -> None:
    other = OwnServer("mx2.bureau.example", "bureau.example")
    assert not prove_it(configuration(), other, read_mail(answer(CHEN, "同意")), "chen-jing").proved


def test_an_experiment_without_proof_still_asks_for_the_registered_address() -> None:
    config = configuration(sign_off={"proof": ["none"]})
    assert prove_it(config, None, mail(f"From: {CHEN}"), "chen-jing").method == "none"
    assert prove_it(config, None, mail(f"From: {CHEN}"), "chen-jing").proved
    assert not prove_it(config, None, mail(f"From: {WANG}"), "chen-jing").proved
