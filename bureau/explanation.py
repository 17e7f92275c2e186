"""Say in words how a due date was reckoned: 收件日（3月5日）不计，自3月6日起算10日，截止3月15日（星期日）….

Receives a Due; hands on one Chinese sentence from the catalog, without a full stop, for mails and pages alike.
"""

from datetime import date, timedelta

from bureau.catalog import words
from bureau.promise import Due


def explain(dates: Due) -> str:
    """Explain a due date. The year is written once the dates reach into another one; 办理时限 where it differs."""
    across = dates.received_on.year != dates.due_on.year
    sentence = words("promise")
    kind = f"{dates.counting}_extended" if dates.extended_from else dates.counting
    text = sentence[kind].format(
        received=day_in_words(dates.received_on, with_year=across),
        first=day_in_words(dates.received_on + timedelta(days=1), with_year=across),
        days=dates.days,
        due=with_weekday(dates.due_on, with_year=across),
        before=with_weekday(dates.extended_from or dates.due_on, with_year=across),
        more=dates.extended_by,
    )
    if dates.work_by != dates.due_on:
        text += sentence["work_by"].format(work_by=with_weekday(dates.work_by, with_year=across))
    return text + sentence["provisional"] if dates.provisional else text


def day_in_words(day: date, *, with_year: bool) -> str:
    """Write a day as people do: 3月5日, or 2026年3月5日."""
    form = words("promise")["day_with_year" if with_year else "day"]
    return form.format(year=day.year, month=day.month, day=day.day)


def with_weekday(day: date, *, with_year: bool) -> str:
    """Write a day with its weekday: 3月15日（星期日）."""
    sentence = words("promise")
    weekday = sentence["weekdays"][day.weekday()]
    return sentence["with_weekday"].format(day=day_in_words(day, with_year=with_year), weekday=weekday)
