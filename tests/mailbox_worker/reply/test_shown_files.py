"""Which of a citizen's files reach a colleague's mail program, and how much of them."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING

from mailbox_worker.ledger.arrivals import change_arrivals
from mailbox_worker.ledger.vocabulary import Disposition
from mailbox_worker.mail.read import read_mail
from mailbox_worker.reply.shown_files import MOST_BYTES, safe_file, shown_to_clerk
from tests.mailbox_worker.desk_at_work import NOW, open_desk
from tests.mailbox_worker.ledger.office_with_a_letter import arrive, logged_letter

if TYPE_CHECKING:
    from pathlib import Path


def letter(**files: bytes) -> bytes:
    """Write a letter with files of these names; a double underscore stands for the dot."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["Subject"] = "zhangsan@example.org", "材料"
    mail.set_content("材料见附件。")
    for name, content in files.items():
        mail.add_attachment(content, maintype="application", subtype="pdf", filename=name.replace("__", "."))
    return mail.as_bytes()


def word_with_macro() -> bytes:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as made:
        for name in ("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"):
            made.writestr(name, "x")
    return package.getvalue()


def test_THREAT_28_only_pictures_pdf_and_text_by_their_bytes_go_along_and_no_disguise() -> None:
    files = read_mail(
        letter(
            policy__pdf=b"%PDF-1.4 x\n%%EOF",
            photo__jpg=b"\xff\xd8\xff\xe0\0\x10JFIF",
            note__txt="保单尾号0000".encode(),
            page__html=b"<!DOCTYPE html><script>x</script>",
            drawing__svg=b'<?xml version="1.0"?><svg onload="x"/>',
            macro__docm=word_with_macro(),
            shortcut__lnk=b"L\0\0\0\x01\x14\x02\0",
            disk__iso=b"\0" * 64 + b"CD001",
            program__exe=b"MZ\x90\0",
            really_a_program__pdf=b"MZ\x90\0",
            really_a_page__txt=b"<html><script>x</script>",
            pdf_under_another_name__scr=b"%PDF-1.4 x",
        )
    ).attachments
    assert len(files) == 12
    shown = [safe for file in files if (safe := safe_file(file)) is not None]
    assert [(file.name, file.media_type) for file in shown] == [
        ("policy.pdf", "application/pdf"),
        ("photo.jpg", "image/jpeg"),
        ("note.txt", "text/plain"),
    ]


def test_THREAT_28_what_does_not_fit_into_ten_mebibytes_stays_in_the_ledger(tmp_path: Path) -> None:
    large, small = b"%PDF-1.4 " + b"x" * (MOST_BYTES * 6 // 10), b"%PDF-1.4 small"
    with open_desk(tmp_path) as desk:
        with desk.ledger.write(NOW) as writer:
            number = logged_letter(writer)
            arrival = arrive(writer, letter(a__pdf=large, b__pdf=large + b"y", c__pdf=small), uid=9)
            change_arrivals(writer, [arrival], letter=number, disposition=Disposition.FOLLOW_UP)
        with desk.ledger.read() as connection:
            assert [file.name for file in shown_to_clerk(connection, number)] == ["a.pdf", "c.pdf"]
