"""The exit codes of every command (contract), and the one way to end a command early.

The numbers are those of sysexits.h, so that cron, systemd and shell scripts read them as they read others'.
"""

from enum import IntEnum


class Exit(IntEnum):
    """How a command ended."""

    DONE = 0
    BAD_CONTENT = 65
    UNREACHABLE = 69
    OUR_FAULT = 70
    TRY_LATER = 75
    BAD_CONFIGURATION = 78


class Stop(Exception):  # noqa: N818 - it ends a command; not every end is an error of ours
    """End the command with this code; each line of the message goes to stderr as it stands, without a traceback."""

    def __init__(self, code: Exit, message: str) -> None:
        self.code = code
        super().__init__(message)
