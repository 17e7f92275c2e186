"""Published figures: rates that agree with their counts, revisions that lead to the value, references that resolve."""

from collections.abc import Collection, Sequence

from bureau.checks.ids import doubles, stranger, strangers
from bureau.faults import Fault
from bureau.fieldwork import CampaignFile, VisitFile
from bureau.figures import Figure, FigureSet, percentage
from bureau.organisations import Organisations
from bureau.reading import Read
from bureau.source import Source


def check_figures(files: Sequence[Read[FigureSet]]) -> list[Fault]:
    """Check every set by itself, and that no two sets share an id."""
    faults: list[Fault] = []
    seen: set[str] = set()
    for sheet, source in files:
        if sheet.id in seen:
            faults.append(source.fault(("id",), "duplicate_id", found=sheet.id))
        seen.add(sheet.id)
        faults += doubles(source, ("figures",), sheet.figures, lambda figure: figure.id)
        for index, figure in enumerate(sheet.figures):
            faults += _check_rate(sheet, source, index, figure)
            faults += _check_revisions(source, index, figure)
            as_of = figure.as_of or sheet.as_of
            if figure.since and figure.since[: len(as_of)] > as_of:
                where = ("figures", index, "since")
                faults.append(source.fault(where, "begins_after", found=figure.since, last=as_of))
    return faults


def _check_rate(sheet: FigureSet, source: Source, index: int, figure: Figure) -> list[Fault]:
    if figure.rate is None:
        return []
    where = ("figures", index, "rate")
    faults: list[Fault] = []
    for name in ("counted", "of"):
        faults += stranger(source, (*where, name), getattr(figure.rate, name), ids(sheet), source.path.name)
    counted, of = sheet.figure(figure.rate.counted), sheet.figure(figure.rate.of)
    if counted is None or of is None or counted.at_least or of.at_least:
        return faults
    if not of.value:
        faults.append(source.fault((*where, "of"), "rate_of_nothing", found=of.id))
    elif counted.value > of.value:
        faults.append(source.fault((*where, "counted"), "part_exceeds_whole", found=counted.value, whole=of.value))
    elif figure.value != (expected := percentage(counted.value, of.value, like=figure.value)):
        facts = {"found": figure.value, "expected": expected, "counted": counted.value, "of": of.value}
        faults.append(source.fault(("figures", index, "value"), "rate_disagrees", **facts))
    return faults


def ids(sheet: FigureSet) -> set[str]:
    """Give the ids of a set's figures."""
    return {figure.id for figure in sheet.figures}


def _check_revisions(source: Source, index: int, figure: Figure) -> list[Fault]:
    faults = []
    for turn, revision in enumerate(figure.revisions):
        where = ("figures", index, "revisions", turn)
        following = figure.revisions[turn + 1].old if turn + 1 < len(figure.revisions) else figure.value
        if revision.new != following:
            faults.append(source.fault((*where, "new"), "revision_disagrees", found=revision.new, expected=following))
        if revision.new == revision.old:
            faults.append(source.fault((*where, "new"), "revision_of_nothing", found=revision.new))
        if turn and figure.revisions[turn - 1].on > revision.on:
            faults.append(
                source.fault((*where, "on"), "ends_before", found=revision.on, first=figure.revisions[turn - 1].on)
            )
    return faults


def check_fieldwork(
    visits: Read[VisitFile] | None,
    campaigns: Read[CampaignFile] | None,
    organisations: Read[Organisations] | None,
    places: Collection[str],
    sets: Sequence[FigureSet],
) -> list[Fault]:
    """Check outreach.yml, campaigns.yml and organisations.yml against the places and the published figures."""
    figures = {f"{one.id}/{figure.id}" for one in sets for figure in one.figures}
    faults: list[Fault] = []
    if organisations:
        faults += strangers(organisations.source, ("figures",), organisations.sheet.figures, figures, "figures/")
    if visits:
        faults += doubles(visits.source, ("visits",), visits.sheet.visits, lambda visit: visit.id)
        for index, visit in enumerate(visits.sheet.visits):
            here = ("visits", index)
            faults += strangers(visits.source, (*here, "places"), visit.places, places, "places.yml")
            faults += strangers(visits.source, (*here, "figures"), visit.figures, figures, "figures/")
    if campaigns:
        faults += doubles(campaigns.source, ("campaigns",), campaigns.sheet.campaigns, lambda campaign: campaign.id)
        for index, campaign in enumerate(campaigns.sheet.campaigns):
            place = ("campaigns", index, "figures")
            faults += strangers(campaigns.source, place, campaign.figures, figures, "figures/")
    return faults
