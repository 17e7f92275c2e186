"""What a mail is: bytes become frozen values, frozen values become bytes.

All modules here but imap and smtp are pure: no socket, no disk, no clock, no randomness.
"""
