"""How long a mail that could not go waits for its next try, and how often it is tried before a person must look."""

from datetime import timedelta

PAUSES = (5, 15, 60, 240)  # minutes before the next try after the 1st, 2nd, … failure
ATTEMPTS = 12  # some two days of trying; after that a person must look


def pause_after(times: int) -> timedelta:
    """Give the pause after so many failures in a row, at least one."""
    return timedelta(minutes=PAUSES[min(times, len(PAUSES)) - 1])
