"""The story is held against the ledger: where anything is not as told, the demonstration fails and says what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bureau.exits import Exit, Stop
from tenday.demonstration.story import Mail, Scene, Story, Then, read_story
from tenday.demonstration.story_office import open_office
from tenday.demonstration.story_play import Play

if TYPE_CHECKING:
    from pathlib import Path

STORY = read_story()


def first_scene(**changes: Any) -> Scene:
    return STORY.days[0].scenes[0].model_copy(update=changes)


def play(scene: Scene, folder: Path, story: Story = STORY) -> None:
    with open_office(story, folder) as office:
        Play(story, office).scene(story.days[0], scene)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"then": Then(state="answered")}, "来信状态：应为 answered，实为 drafting"),
        ({"then": Then(category="life")}, "来信类别：应为 life，实为 motor"),
        ({"then": Then(late=True)}, "是否超期：应为 True，实为 False"),
        ({"then": Then(text_has=("没有写过的话",))}, "来信文字：应为 没有写过的话，实为 局长：您好！"),
        ({"then": Then(fields={"name": "李四"})}, "来信表栏目：应为 {'name': '李四'}，实为 {'name': None}"),
        ({"then": Then(event="escalated")}, "登记事项：应为 escalated，实为 ['letter-logged'"),
        ({"then": Then(counts={"letters": 2})}, "收件登记：应为 {'letters': 2}，实为 {'letters': 1}"),
        ({"mails": ()}, "发出的邮件：应为 0，实为 2"),
        (
            {"mails": (Mail(to="zhang-san", kind="reply"), Mail(to="wang-fang", kind="draft-request"))},
            "zhang-san 没有收到 reply",
        ),
        (
            {
                "mails": (
                    Mail(to="zhang-san", kind="acknowledgement", shows=("不存在",)),
                    Mail(to="wang-fang", kind="x"),
                )
            },
            "acknowledgement 中没有以“不存在”开头的一行",
        ),
    ],
)
def test_what_is_not_as_told_ends_the_demonstration_and_is_named(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(Stop) as stopped:
        play(first_scene(**changes), tmp_path)
    assert stopped.value.code is Exit.OUR_FAULT
    assert str(stopped.value).startswith("演示与剧本不符：3月5日 09:12")
    assert said in str(stopped.value)


def test_a_scene_that_is_as_told_passes(tmp_path: Path) -> None:
    play(first_scene(), tmp_path)


def test_figures_that_are_not_as_told_end_it_too(tmp_path: Path) -> None:
    story = STORY.model_copy(update={"figures": {"received": 2}})
    with open_office(story, tmp_path) as office:
        played = Play(story, office)
        played.scene(story.days[0], first_scene())
        with pytest.raises(Stop, match=r"公布的数字：应为 {'received': 2}，实为 {'received': 1\.0}"):
            played.figures()


def test_an_office_with_other_people_is_refused_by_their_names(tmp_path: Path) -> None:
    story = STORY.model_copy(update={"staff": {**STORY.staff, "sun-wukong": "sun@bureau.example"}})
    with pytest.raises(Stop, match=r"people\.yml 中缺少 sun-wukong") as stopped:
        play(first_scene(), tmp_path, story)
    assert stopped.value.code is Exit.BAD_CONTENT


def test_the_story_runs_over_twelve_days_from_a_workday_in_march_2026() -> None:
    first, last = STORY.days[0].date, STORY.days[-1].date
    assert first.isoformat() == "2026-03-05"
    assert (last - first).days + 1 == 12


def test_every_address_of_the_story_is_invented() -> None:
    addresses = [*STORY.staff.values(), *(citizen.email for citizen in STORY.citizens.values())]
    assert {address.rpartition("@")[2] for address in addresses} == {"bureau.example", "example.org"}
