"""`tenday demo` as a person runs it: the story, the site that is served, and every way in which it may end."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bureau.exits import Exit
from tenday.demonstration.terminal import WIDEST, width

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[3]
RUN_TENDAY = "from tenday.cli import main; main()"
PACKAGES = ("bureau", "generator", "mailbox_worker", "tenday")
PATIENCE = 240.0  # seconds; on a machine at rest it takes ten
TOLD = {  # the nine things, and a sentence of each
    "an ordinary complaint": "张三来信：追尾之后，保险公司拒赔。",
    "the site's form": "李四用网站上的来信表写信。",
    "a false charset": "可“镕”“囍”不在其中",
    "an out-of-office note": "机器来信只登记",
    "an advertisement": "王芳只回一行“无效件”。",
    "a returned draft": "陈静不满意，退回。",
    "已阅 asked back": "看过不等于同意",
    "a forged approval": "邮件服务器没有证明这是陈静的账号",
    "a late letter": "“超期”照实计入公开统计",
}


@contextmanager
def started(folder: Path, *arguments: str, checkout: Path = ROOT) -> Iterator[subprocess.Popen[str]]:
    """Run the command with `folder` as its place for temporary files; none of it outlives the test."""
    with (
        (folder / "stderr").open("w") as stderr,
        subprocess.Popen(
            [sys.executable, "-c", RUN_TENDAY, *arguments],
            cwd=checkout,
            env={"PATH": os.environ["PATH"], "TMPDIR": str(folder)},
            stdout=subprocess.PIPE,
            stderr=stderr,
            encoding="utf-8",
        ) as process,
    ):
        watchdog = threading.Timer(PATIENCE, process.kill)
        watchdog.start()
        try:
            yield process
        finally:
            watchdog.cancel()
            process.kill()


def the_rest(process: subprocess.Popen[str]) -> str:
    """Read what it says until it ends."""
    assert process.stdout is not None
    rest = process.stdout.read()
    process.wait()
    return rest


def until(process: subprocess.Popen[str], sign: str) -> str:
    """Read what it says up to and including the line with this sign."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if sign in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


def unwrapped(text: str) -> str:
    """Put sentences together again that the terminal's width has broken."""
    return re.sub(r"\n {9}(?=[^ │〔])", "", text)


def left_behind(folder: Path) -> list[str]:
    return [path.name for path in folder.glob("tenday-*")]


@dataclass(frozen=True)
class Served:
    story: str
    taken_port: int
    mailbox_page: str
    ledger: str
    said_at_the_end: str
    exit_code: int
    stderr: str
    left_behind: list[str]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """Run the whole of it in this checkout, on a port that is taken, and end it with Ctrl-C."""
    folder = tmp_path_factory.mktemp("served")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with started(folder, "demo", "--port", str(port)) as process:
            story = until(process, "http://127.0.0.1:")
            address = re.findall(r"http://127\.0\.0\.1:\d+/", story)[0]
            with urllib.request.urlopen(f"{address}mailbox/", timeout=20) as page:  # noqa: S310 - http://127.0.0.1
                mailbox_page = page.read().decode("utf-8")
            config = re.findall(r"--config (\S+)", story)[0]
            with started(tmp_path_factory.mktemp("listing"), "mail", "list", "--config", config) as listing:
                ledger = the_rest(listing)
            process.send_signal(signal.SIGINT)
            said_at_the_end = the_rest(process)
    return Served(
        story,
        port,
        mailbox_page,
        ledger,
        said_at_the_end,
        process.returncode,
        (folder / "stderr").read_text(),
        left_behind(folder),
    )


@pytest.mark.parametrize("what", TOLD)
def test_the_story_tells_of(served: Served, what: str) -> None:
    assert TOLD[what] in unwrapped(served.story)


def test_the_deputy_sees_on_the_telephone_what_it_is_about_and_the_draft_first(served: Served) -> None:
    at = served.story.index("│ 【请签批·剩9天】车险理赔 2026-000001")
    screen = served.story[at : served.story.index("……", at)]
    assert "│ 陈静副局长：" in screen
    assert "│ 内容摘要：车险理赔被拒" in screen
    assert "│ 张三：您好！" in screen


def test_receipt_reply_question_refusal_and_warning_are_shown_as_they_came(served: Served) -> None:
    for line in (
        "您已同意第 1 稿。答复将在 10 分钟后发出。",
        "【来信答复】关于您的来信 2026-000001",
        "囍事当天婚车停在路边被刮",
        "您回复的是“已阅”。本邮件签批须写明意见。",
        "这封回复不是登录您的账号后发出的。",
        "【超期预警】2026-000002 已过答复期限",
    ):
        assert f"│ {line}" in served.story


def test_the_ledger_ends_with_seven_answers_one_of_them_late_and_one_letter_set_aside(served: Served) -> None:
    assert served.ledger.count("已答复") == 7
    assert [line.split()[0] for line in served.ledger.splitlines() if "超期" in line] == ["2026-000002"]
    assert [line.split()[0] for line in served.ledger.splitlines() if "无效件" in line] == ["2026-000005"]


def test_the_ledger_can_be_looked_at_while_the_site_is_served_and_is_what_the_story_listed(served: Served) -> None:
    assert len(served.ledger.splitlines()) == 8
    assert served.ledger in served.story


def test_the_figures_are_told_and_stand_on_the_served_site(served: Served) -> None:
    assert "收到来信8件，已答复7件，按期答复6件，按期答复率85.7%，超期1件，无效件1件" in served.story
    page = re.sub(r"<[^>]*>", "", served.mailbox_page)
    assert "按期答复（6 / 7）85.7%" in page
    assert "收到来信，其中7件已答复8件" in page
    assert "2026年3月5日至2026年3月16日" in page


def test_a_taken_port_is_said_and_another_one_is_found(served: Served) -> None:
    assert f"端口 {served.taken_port} 不能使用" in served.story
    assert f"http://127.0.0.1:{served.taken_port}/" not in served.story


def test_it_says_how_long_it_took_and_takes_less_than_a_minute(served: Served) -> None:
    (seconds,) = re.findall(r"全程用时 (\d+) 秒。", served.story)
    assert int(seconds) < 60


def test_no_line_is_wider_than_a_terminal_and_none_is_styled_where_there_is_no_terminal(served: Served) -> None:
    assert "\x1b" not in served.story
    assert max(width(line) for line in served.story.splitlines() if "--config" not in line) <= WIDEST


def test_it_is_short_enough_to_be_read(served: Served) -> None:
    assert 90 <= len(served.story.splitlines()) <= 140


def test_ctrl_c_ends_the_serving_well_and_nothing_is_left(served: Served) -> None:
    assert served.exit_code == Exit.DONE
    assert served.said_at_the_end.strip() == "演示结束，临时文件已删除。"
    assert served.stderr == ""
    assert served.left_behind == []


def test_it_ends_by_itself_without_serving_also_where_it_is_installed_from_a_wheel(tmp_path: Path) -> None:
    installed = copy_packages(tmp_path / "site-packages")
    shipped = installed / "tenday" / "shipped"
    for folder in ("content", "site_src"):
        shutil.copytree(ROOT / folder, shipped / folder)
    shutil.copy(ROOT / "mkdocs.yml", shipped)
    with started(tmp_path, "demo", "--no-serve", checkout=installed) as process:
        said = the_rest(process)
    assert process.returncode == Exit.DONE, (tmp_path / "stderr").read_text()
    assert re.search(r"已生成，共 \d+ 个文件。\n全程用时 \d+ 秒。\n演示结束，临时文件已删除。\n$", said)
    assert "http://" not in said
    assert left_behind(tmp_path) == []


def test_an_installation_that_has_lost_its_content_says_so_and_ends_with_70(tmp_path: Path) -> None:
    installed = copy_packages(tmp_path / "site-packages")
    with started(tmp_path, "demo", "--no-serve", checkout=installed) as process:
        the_rest(process)
    assert process.returncode == Exit.OUR_FAULT
    expected = f"安装不完整：{installed} 中找不到 content/office.yml"
    assert (tmp_path / "stderr").read_text(encoding="utf-8").startswith(expected)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted_in_the_middle_it_leaves_nothing_and_shows_no_traceback(
    tmp_path: Path, number: signal.Signals
) -> None:
    with started(tmp_path, "demo", "--no-serve") as process:
        until(process, "14:30")
        process.send_signal(number)
        the_rest(process)
    assert process.returncode == Exit.TRY_LATER
    assert (tmp_path / "stderr").read_text().strip() == ""
    assert left_behind(tmp_path) == []


def copy_packages(folder: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", "shipped"))
    return folder
