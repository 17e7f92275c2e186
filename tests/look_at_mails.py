"""Look at the worker's mails as people see them: `python tests/look_at_mails.py FOLDER`.

Plays one letter on the demonstration's servers; writes each kind of mail as plain text, and its HTML part as Chromium
shows it on a phone (390 pixels) and on a desk (800), in light and dark. No test: for whoever changes a template.
"""

from __future__ import annotations

import sys
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a file, not as a module of the tests

from tenday.demonstration.mail_town import MailTown
from tenday.demonstration.writing import header, plain_text
from tests.journeys.bureau_at_work import CLERK, DEPUTY, DRAFT, WRITER, open_bureau

WIDTHS, HEIGHT = (390, 800), 844
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
HEAD = "摘要：追尾全责在对方，公司以报案超过48小时为由拒赔\n拟办：已责成公司重新核定，建议答复\n"


def mails() -> dict[str, bytes]:
    """Play a letter; gives the mails by a name."""
    with TemporaryDirectory() as folder:
        bureau = open_bureau(Path(folder) / "office", lambda clock, **who: MailTown(clock, **who).__enter__(), [WRITER])
        shown: dict[str, bytes] = {}
        shown["1-draft-request"] = bureau.gets_a_letter("局长：您好！\n我的车追尾，保险公司拒赔。请过问。")
        shown["2-acknowledgement"] = bureau.newest(WRITER, "acknowledgement")
        bureau.says(CLERK, "draft-request", "我再问问人保，明天给稿")
        shown["3-confirmation-request"] = bureau.newest(CLERK, "confirmation-request")
        mail = EmailMessage(policy=SMTP)
        mail.set_content(HEAD + DRAFT)
        mail.add_attachment(b"%PDF-1.4 x", maintype="application", subtype="pdf", filename="答复函.pdf")
        bureau.answers_with(CLERK, shown["1-draft-request"], mail)
        bureau.tick()
        shown["4-sign-off-request"] = bureau.newest(DEPUTY, "sign-off-request")
        shown["5-receipt-of-a-draft"] = bureau.newest(CLERK, "receipt")
        bureau.says(DEPUTY, "sign-off-request", "已阅")
        shown["6-not-understood"] = bureau.newest(DEPUTY, "not-understood")
        bureau.forged_answer(shown["4-sign-off-request"], "同意", f"陈静 <{DEPUTY}>")
        bureau.tick()
        shown["7-refusal"] = bureau.newest(DEPUTY, "refusal")
        bureau.says(DEPUTY, "sign-off-request", "退回：请写明依据，语气再缓和些。")
        shown["8-draft-request-again"] = bureau.newest(CLERK, "draft-request")
        bureau.says(CLERK, "draft-request", HEAD + DRAFT.replace("五个工作日", "依照保险法第二十三条，五个工作日"))
        shown["9-sign-off-request-again"] = bureau.newest(DEPUTY, "sign-off-request")
        bureau.decides(DEPUTY, "同意")
        shown["10-receipt"] = bureau.newest(DEPUTY, "receipt")
        shown["11-reply"] = bureau.newest(WRITER, "reply")
        bureau.close()
        return shown


def draw(browser: Browser, name: str, raw: bytes, folder: Path) -> None:
    """Write one mail's text, and its HTML part in each width and scheme."""
    (folder / f"{name}.txt").write_text(f"{header(raw, 'Subject')}\n\n{plain_text(raw)}", encoding="utf-8")
    part = BytesParser(policy=default).parsebytes(raw).get_body(("html",))
    assert part is not None
    for width in WIDTHS:
        for scheme in SCHEMES:
            page = browser.new_page(viewport={"width": width, "height": HEIGHT}, color_scheme=scheme)
            page.set_content(part.get_content())
            page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
            page.close()


def main() -> None:
    """Draw all of them."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    played = mails()  # before Playwright, which keeps an event loop of its own in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, raw in played.items():
            draw(browser, name, raw, folder)
        browser.close()


if __name__ == "__main__":
    main()
