"""Bodies around the office: the leading group, the social bodies that take complaints, the office outside.

Public facts from content/organisations.yml, each with its source.
"""

from typing import Annotated

from pydantic import Field

from bureau.fieldwork import FigureRef
from bureau.sheet import Id, MonthOrDay, Phone, Sheet, Text


class Member(Sheet):
    """A member of the leading group: one of the office's people, or a unit by its name."""

    person: Id | None = None
    unit: Text | None = None
    role: Text


class LeadingGroup(Sheet):
    """The group that leads the protection of consumers (消费者权益保护工作领导小组)."""

    name: Text
    since: MonthOrDay
    works: Text
    members: Annotated[tuple[Member, ...], Field(min_length=1)]
    source: Text


class SocialBody(Sheet):
    """A body outside the office that takes complaints; `accepts` says what one can bring there."""

    id: Id
    name: Text
    since: MonthOrDay
    accepts: Annotated[tuple[Text, ...], Field(min_length=1)]
    phone: Phone | None = None
    address: Text | None = None
    source: Text


class OutsideOffice(Sheet):
    """Where a letter about the director goes: somebody who does not work for the director."""

    name: Text
    handles: Text
    postal_address: Text
    phone: Phone | None = None
    invented: bool = False


class Organisations(Sheet):
    """All of content/organisations.yml; `figures` are the published ones that tell what the social bodies did."""

    leading_group: LeadingGroup | None = None
    social_bodies: tuple[SocialBody, ...] = ()
    figures: tuple[FigureRef, ...] = ()
    outside_office: OutsideOffice | None = None
