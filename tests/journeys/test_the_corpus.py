"""Every mail of the corpus goes through the office's own intake and outbox: none is lost, no machine is answered."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from mailbox_worker.mail.read import read_mail
from tests.journeys.bureau_at_work import CLERK, open_bureau

if TYPE_CHECKING:
    from tests.servers.fixtures import OpenTown

CORPUS = sorted((Path(__file__).parent.parent / "letters" / "corpus").glob("*.eml"))
LARGE = 50_000  # bytes; the few larger ones are read elsewhere, and here would cost more than all the rest


def test_no_mail_of_the_corpus_is_lost_and_none_to_a_machine_is_sent(tmp_path: Path, open_town: OpenTown) -> None:
    mails = [(path, raw) for path in CORPUS if len(raw := path.read_bytes()) < LARGE]
    bureau = open_bureau(tmp_path, open_town, [])
    for _, raw in mails:
        bureau.town.imap.append("director", raw, bureau.now)
    counts = bureau.tick()
    assert (counts["fetched"], counts["logged"], counts["quarantined"]) == (len(mails), len(mails), 0)
    assert bureau.town.imap.messages("director") == []
    rows = bureau.json("list")
    expected = {path.stem: yaml.safe_load(path.with_suffix(".yml").read_text(encoding="utf-8")) for path, _ in mails}
    machines = {read_mail(raw).message_id for path, raw in mails if expected[path.stem].get("machine")}
    assert len(machines) >= 30
    acknowledged: Counter[str] = Counter()
    for row in rows:
        shown = bureau.json("show", row["number"])
        kinds = [mail["kind"] for mail in shown["mails"] if mail["direction"] == "out"]
        (arrived,) = [mail["message_id"] for mail in shown["mails"] if mail["kind"] == "letter"]
        assert "draft-request" in kinds
        if "acknowledgement" in kinds:
            assert arrived not in machines
            acknowledged[row["from"]] += 1
    assert acknowledged, "people are acknowledged"
    assert set(acknowledged.values()) == {1}, "once an address a day"
    assert bureau.mail_to(CLERK, "draft-request")
