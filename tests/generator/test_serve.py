"""The live preview: what is saved is on the page, what is wrong is said in its place, what is mended comes back."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING
from urllib.error import HTTPError

import pytest

from bureau.exits import Exit
from tests.generator.office import copy_content, tenday
from tests.generator.previewing import previewing

if TYPE_CHECKING:
    from pathlib import Path


def test_a_saved_change_is_on_the_page_a_mistake_is_shown_with_its_line_and_goes_when_mended(tmp_path: Path) -> None:
    with previewing(copy_content(tmp_path), tmp_path) as editor:
        editor.wait()
        assert "/.preview/preview.js" in editor.look()
        assert "关于局长信箱办理时限的公告" in editor.look("notices/")

        editor.save("notices/2026.yml", "关于局长信箱办理时限的公告", "关于局长信箱办理期限的公告")
        editor.wait()
        for page in ("notices/", "notices/mailbox-2026/"):
            assert "关于局长信箱办理期限的公告" in editor.look(page)
            assert "关于局长信箱办理时限的公告" not in editor.look(page)

        editor.save("office.yml", "slogan:", "slogen:")
        editor.wait()
        for page in ("", "notices/"):
            text = editor.look(page)
            assert "处错误" in text
            assert "office.yml:5</code><br>slogen: 没有这一项，是否想写 slogan？" in text

        editor.save("office.yml", "slogen: 每月逢五接听", "slogan: 每月逢五必接听")
        editor.wait()
        assert "每月逢五必接听" in editor.look()
        assert "处错误" not in editor.look()

        editor.save("notices/2026.yml", "  - id: mailbox-2026", "  - id: mailbox-2026-1")
        editor.wait()
        assert "关于局长信箱办理期限的公告" in editor.look("notices/mailbox-2026-1/")
        with pytest.raises(HTTPError, match="404"):
            editor.look("notices/mailbox-2026/")
        found = json.loads(editor.look("search/search_index.json"))["docs"]
        assert "reception/" in {one["location"] for one in found}  # pages that nobody touched can still be found

        editor.save("office.yml", "portal_title: ", "portal_title: 预览")
        editor.wait()
        for page in ("", "about/"):  # what stands on every page is new on every page
            assert "预览江西保监局" in editor.look(page)


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        arguments: list[str | Path] = ["serve", "--content", copy_content(tmp_path), "--site-dir", tmp_path / "site"]
        ran = tenday(*arguments, "--port", str(port))
    assert ran.returncode == Exit.BAD_CONFIGURATION
    assert str(port) in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
