"""The release calendar: ids once, dates in order, figures that are there once a release is out."""

from collections.abc import Set as AbstractSet

from bureau.checks.ids import backwards, doubles, stranger
from bureau.faults import Fault
from bureau.reading import Read
from bureau.releases import Releases


def check_releases(read: Read[Releases], figure_sets: AbstractSet[str] | None) -> list[Fault]:
    """Check releases.yml; `figure_sets` is None while a file of figures could not be read."""
    source = read.source
    faults = doubles(source, ("releases",), read.sheet.releases, lambda release: release.id)
    for index, release in enumerate(read.sheet.releases):
        where = ("releases", index)
        faults += backwards(source, (*where, "due"), release.announced, release.due)
        faults += backwards(source, (*where, "published"), release.announced, release.published)
        for turn, change in enumerate(release.changes):
            faults += backwards(source, (*where, "changes", turn, "on"), release.announced, change.on)
        if figure_sets is not None:
            faults += stranger(source, (*where, "figures"), release.figures, figure_sets, "figures/")
    return faults
