"""The live preview, as an editor sees it: one window with YAML, one with the page, which nobody touches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.generator.office import copy_content
from tests.generator.previewing import previewing

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
PATIENCE = 60_000  # milliseconds; what a save costs is measured by tests/bench/serve_bench.py


def test_the_open_page_follows_every_save_shows_a_mistake_with_its_line_and_comes_back_when_it_is_mended(
    browser: Browser, tmp_path: Path
) -> None:
    with previewing(copy_content(tmp_path), tmp_path) as editor, browser.new_context() as context:
        context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page = context.new_page()
        page.goto(editor.address + "notices/mailbox-2026/")  # perhaps before the first rendering is done
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text("关于局长信箱办理时限的公告")

        editor.save("notices/2026.yml", "关于局长信箱办理时限的公告", "关于局长信箱办理期限的公告")
        expect(heading).to_have_text("关于局长信箱办理期限的公告")

        editor.save("office.yml", "slogan:", "slogen:")
        expect(heading).to_have_text("内容有 1 处错误")
        expect(page.get_by_role("listitem")).to_contain_text(re.compile(r"office\.yml:5\s*slogen: 没有这一项，"))
        assert page.url.endswith("/notices/mailbox-2026/")

        editor.save("office.yml", "slogen:", "slogan:")
        expect(heading).to_have_text("关于局长信箱办理期限的公告")
