"""Cut mails into batches that fit in memory.

Receives sizes; hands on the same, in their order, in batches. Knows neither server nor ledger.
"""

from collections.abc import Iterator

MAILS = 100
BYTES = 8 * 2**20


def batches(sizes: dict[int, int]) -> Iterator[dict[int, int]]:
    """Cut mails, by their number and size in bytes, into batches; one that is larger than a batch stands alone."""
    batch: dict[int, int] = {}
    held = 0
    for mail, size in sizes.items():
        if batch and (len(batch) >= MAILS or held + size > BYTES):
            yield batch
            batch, held = {}, 0
        batch[mail] = size
        held += size
    if batch:
        yield batch
