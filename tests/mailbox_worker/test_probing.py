"""`tenday doctor --probe`, against servers that prove a sender, that prove nothing, and that are fooled."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyotp
import pytest
import yaml

from mailbox_worker.cli_desk import open_desk
from mailbox_worker.doctor import Finding, Grade
from mailbox_worker.forging import outside_of
from mailbox_worker.probing import Means, findings_so_far, probe
from tenday.demonstration.mail_town import MailTown
from tenday.demonstration.writing import header, plain_text
from tests.journeys.bureau_at_work import CLERK, DEPUTY, DIRECTOR, DRAFT, ROOT, WRITER, BureauAtWork, open_bureau

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.servers.fixtures import OpenTown

PATIENCE = 120.0  # seconds; on a machine at rest it takes three
FORGED = ["from-forged", "result-forged", "trace-forged", "login-forged", "login-result-forged", "other-person"]


class Silent(MailTown):
    """A server that writes no Authentication-Results."""

    def _deliver(self, recipient: str, raw: bytes, at: datetime) -> None:
        super()._deliver(recipient, raw[raw.index(b"Received: ") :], at)


class Filtered(MailTown):
    """A server that another filter is put before."""

    on_top = b""

    def _deliver(self, recipient: str, raw: bytes, at: datetime) -> None:
        super()._deliver(recipient, self.on_top + raw, at)


@pytest.fixture
def start() -> Iterator[Callable[..., Callable[..., MailTown]]]:
    """Give a way to open a town of another kind; it ends with the test."""
    with ExitStack() as running:
        yield lambda town, **options: lambda clock, **people: running.enter_context(town(clock, **people, **options))


def bureau_with(folder: Path, open_town: OpenTown) -> BureauAtWork:
    """Open an office whose worker logs in to send, and has read its mailbox once."""
    bureau = open_bureau(folder, open_town, [WRITER])
    login = f"username: director, password_file: {folder / 'password'}"
    text = bureau.config.read_text(encoding="utf-8").replace("  smtp: {", f"  smtp: {{{login}, ")
    bureau.config.write_text(text, encoding="utf-8")
    bureau.tick()
    return bureau


def probed(bureau: BureauAtWork, text: str | None = "收到") -> dict[str, Finding]:
    """Probe the deputy, who answers at the first pause; gives the findings by what they are about."""
    before = len(bureau.mail_to(DEPUTY, "probe"))

    def pause(seconds: float) -> None:
        bureau.pass_time(seconds=seconds)
        mails = bureau.mail_to(DEPUTY, "probe")[before:]
        if text is None:
            bureau.pass_time(minutes=5)
        elif mails and not answered:
            answered.append(mails[0])
            bureau.staff_answers(DEPUTY, mails[0], text)

    answered: list[bytes] = []
    with open_desk(bureau.config) as desk:
        means = Means(lambda: bureau.now, pause, 15, outside_of(desk, None))
        return {finding.what: finding for finding in probe(desk, "chen-jing", means, lambda _: None)}


def so_far(bureau: BureauAtWork) -> Finding:
    with open_desk(bureau.config) as desk:
        return next(iter(findings_so_far(desk)))


def test_a_server_that_stamps_proves_the_person_and_none_of_the_forged(tmp_path: Path, open_town: OpenTown) -> None:
    bureau = bureau_with(tmp_path, open_town)
    assert so_far(bureau).grade is Grade.POOR
    found = probed(bureau)
    assert {what: finding.found for what, finding in found.items() if what.startswith("forged")} == {
        f"forged {trial}": "arrived, and was looked at" for trial in FORGED
    }
    assert found["proof authentication-results"] == Finding(
        "proof authentication-results", Grade.GOOD, f"holds: auth=pass smtp.auth={DEPUTY}"
    )
    assert found["choose"].grade is Grade.GOOD
    (asked,) = bureau.mail_to(DEPUTY, "probe")
    assert "您的回复不会签发任何文字" in plain_text(asked)
    assert [header(raw, "X-Tenday-Kind") for raw in bureau.town.correspondent(DEPUTY).inbox()] == ["probe"]
    assert bureau.town.correspondent(DIRECTOR).inbox() == [], "the forged ones of a probe alarm nobody"
    assert bureau.json("list") == []
    bureau.staff_answers(DEPUTY, bureau.gets_a_draft(), "同意")
    bureau.tick()
    assert bureau.state() == "approved"


def test_THREAT_1_after_a_probe_a_result_at_another_place_proves_nothing(
    tmp_path: Path, start: Callable[..., OpenTown]
) -> None:
    bureau = bureau_with(tmp_path, start(Filtered))
    assert probed(bureau)["choose"].grade is Grade.GOOD
    request = bureau.gets_a_draft()
    bureau.town.on_top = b"X-Spam-Flag: NO\r\n"  # type: ignore[attr-defined]  # of Filtered
    bureau.staff_answers(DEPUTY, request, "同意")
    bureau.tick()
    assert bureau.state() == "awaiting_sign_off"
    assert "没有证明这封回复出自您的账号" in plain_text(bureau.mail_to(DEPUTY, "refusal")[-1])


def test_THREAT_4_on_a_server_that_stamps_nothing_codes_are_advised(
    tmp_path: Path, start: Callable[..., OpenTown]
) -> None:
    found = probed(bureau_with(tmp_path, start(Silent)))
    assert found["proof authentication-results"].grade is Grade.BAD
    assert found["proof authentication-results"].found.startswith("does not hold: no auth= result")
    assert found["choose"].grade is Grade.BAD
    assert "tenday staff enrol chen-jing" in found["choose"].advice


def test_THREAT_1_a_server_that_leaves_forged_fields_is_found_out_and_its_results_count_no_more(
    tmp_path: Path, start: Callable[..., OpenTown]
) -> None:
    bureau = bureau_with(tmp_path, start(MailTown, authserv_id="mx2.bureau.example"))  # not the name that is pinned
    found = probed(bureau)["proof authentication-results"]
    assert (found.grade, found.found) == (Grade.BAD, "forged mail passed: trace-forged")
    assert so_far(bureau).grade is Grade.BAD
    text = bureau.config.read_text(encoding="utf-8").replace("[authentication-results]", "[none]")
    bureau.config.write_text(text, encoding="utf-8")
    request = bureau.gets_a_draft()
    bureau.config.write_text(text.replace("[none]", "[authentication-results]"), encoding="utf-8")
    bureau.staff_answers(DEPUTY, request, "同意")
    bureau.tick()
    assert bureau.state() == "awaiting_sign_off"
    assert "邮箱核验时，本单位服务器没有识破冒名邮件" in plain_text(bureau.mail_to(DEPUTY, "refusal")[-1])


def test_a_code_in_the_answer_proves_the_code_and_is_used_up(tmp_path: Path, start: Callable[..., OpenTown]) -> None:
    bureau = bureau_with(tmp_path, start(Silent))
    text = bureau.config.read_text(encoding="utf-8").replace("[authentication-results]", "[totp]")
    bureau.config.write_text(text, encoding="utf-8")
    secrets = {person: pyotp.random_base32() for person in ("chen-jing", "wang-fang")}
    file = tmp_path / "totp.yml"
    file.write_text(yaml.safe_dump(secrets), encoding="utf-8")
    file.chmod(0o600)
    code = pyotp.TOTP(secrets["chen-jing"]).at(bureau.now)
    found = probed(bureau, f"收到 {code}")
    assert (found["proof totp"].grade, found["choose"].grade) == (Grade.GOOD, Grade.GOOD)
    request = bureau.gets_a_draft(f"{pyotp.TOTP(secrets['wang-fang']).at(bureau.now)}\n{DRAFT}")
    bureau.staff_answers(DEPUTY, request, f"同意 {code}")
    bureau.tick()
    assert bureau.state() == "awaiting_sign_off", "the code of the probe does not sign off"


def test_without_an_answer_the_probe_ends_at_its_deadline_and_nothing_is_known(
    tmp_path: Path, start: Callable[..., OpenTown]
) -> None:
    bureau = bureau_with(tmp_path, start(MailTown))
    assert [(what, finding.grade) for what, finding in probed(bureau, None).items()] == [("probe", Grade.BAD)]
    bureau.staff_answers(DEPUTY, bureau.mail_to(DEPUTY, "probe")[-1], "收到")  # too late
    bureau.tick()
    assert so_far(bureau).grade is Grade.POOR
    assert bureau.town.correspondent(CLERK).inbox() == []


def test_a_probe_begins_with_a_known_person_and_a_mailbox_that_was_read(
    tmp_path: Path, start: Callable[..., OpenTown]
) -> None:
    bureau = open_bureau(tmp_path, start(MailTown), [WRITER])
    unknown = bureau.command("doctor", "--probe", "nobody", "--config", str(bureau.config))
    assert (unknown.code, "found nobody, expected one of" in unknown.err) == (78, True)
    unread = bureau.command("doctor", "--probe", "chen-jing", "--config", str(bureau.config))
    assert (unread.code, "run `tenday mail tick` first" in unread.err) == (78, True)
    bureau.tick()
    where = bureau.command("doctor", "--probe", "chen-jing", "--outside", "mx", "--config", str(bureau.config))
    assert (where.code, "expected HOST:PORT" in where.err) == (78, True)
    assert bureau.town.correspondent(DEPUTY).inbox() == []


def test_the_command_asks_waits_and_prints_its_findings(tmp_path: Path, open_town: OpenTown) -> None:
    bureau = open_bureau(tmp_path, open_town, [WRITER])
    bureau.clock.now = datetime.now(UTC)  # the command knows no other time
    assert bureau.command("mail", "tick", "--config", str(bureau.config)).code == 0
    command = ["doctor", "--probe", "chen-jing", "--config", str(bureau.config), "--json"]
    with subprocess.Popen(
        [sys.executable, "-c", "from tenday.cli import main; main()", *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        watchdog = threading.Timer(PATIENCE, process.kill)
        watchdog.start()
        try:
            assert process.stderr is not None
            assert "asked chen-jing for an answer until" in process.stderr.readline()
            bureau.clock.now = datetime.now(UTC)
            bureau.staff_answers(DEPUTY, bureau.mail_to(DEPUTY, "probe")[-1], "收到")
            out, _ = process.communicate()
        finally:
            watchdog.cancel()
            process.kill()
    found = {finding["what"]: finding for finding in json.loads(out)}
    assert found["proof authentication-results"]["grade"] == "good"
    assert found["forged login-forged"]["found"] == "not tried: mailbox.smtp has no login"
    assert process.returncode == 0
