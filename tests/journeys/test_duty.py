"""Two clerks who take turns by content/duty.yml, by real servers: who gets a letter, and who gets it back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
import yaml

from tenday.demonstration.writing import answer
from tests.journeys.bureau_at_work import CLERK, DEPUTY, DRAFT, WRITER, BureauAtWork, open_bureau

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.fixtures import OpenTown

SECOND = "zhaomin@example.org"


@pytest.fixture
def bureau(tmp_path: Path, open_town: OpenTown) -> BureauAtWork:
    """Open an office in which 王芳 and 赵敏 change every Monday; the first week of the tests is 王芳's."""
    bureau = open_bureau(tmp_path, open_town, [WRITER, SECOND])
    clerk = {"id": "zhao-min", "name": "赵敏", "post": "clerk", "title": "科员", "duties": "拟办来信"}
    bureau.gains(clerk, SECOND)
    rota = {"start": date(2026, 1, 5), "order": ["wang-fang", "zhao-min"]}
    duty = bureau.folder / "content" / "duty.yml"
    duty.write_text(yaml.safe_dump({"turn": "week", "rota": rota}), encoding="utf-8")
    return bureau


def requests(bureau: BureauAtWork, address: str, number: str) -> int:
    return len(bureau.mail_to(address, "draft-request", number))


def test_a_letter_goes_to_whoever_is_on_duty_when_it_comes_and_comes_back_to_who_drafted_it(
    bureau: BureauAtWork,
) -> None:
    bureau.gets_a_letter()
    assert (requests(bureau, CLERK, "2026-000001"), requests(bureau, SECOND, "2026-000001")) == (1, 0)
    bureau.pass_time(days=4)  # the next Monday
    bureau.plain_letter(WRITER, "张三", "车险", "再问一件车险的事。")
    bureau.tick()
    assert (requests(bureau, CLERK, "2026-000002"), requests(bureau, SECOND, "2026-000002")) == (0, 1)
    request = bureau.mail_to(SECOND, "draft-request", "2026-000002")[0]
    bureau.citizen_writes(answer(request, SECOND, DRAFT, at=bureau.now, message_id="<z@example.org>"), SECOND)
    bureau.tick()
    bureau.pass_time(days=7)  # 王芳's turn again
    bureau.says(DEPUTY, "sign-off-request", "退回：请核实。")
    assert (requests(bureau, CLERK, "2026-000002"), requests(bureau, SECOND, "2026-000002")) == (0, 2)


def test_a_clerk_on_duty_who_is_away_is_stood_in_for(bureau: BureauAtWork) -> None:
    text = bureau.config.read_text(encoding="utf-8")
    bureau.config.write_text(text.replace(f"email: {CLERK}", f"email: {CLERK}, away: true"), encoding="utf-8")
    bureau.plain_letter(WRITER, "张三", "车险", "我的车追尾，保险公司拒赔。")
    bureau.tick()
    assert (requests(bureau, CLERK, "2026-000001"), requests(bureau, SECOND, "2026-000001")) == (0, 1)
