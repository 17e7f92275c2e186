"""How much of a mail is looked at: mail is hostile, so nothing is read without a bound.

The raw bytes stay whole in the ledger whatever is cut here; a cut is always noted in the parsed mail.
"""

MAX_MAIL_BYTES = 40 * 2**20
"""The stdlib parser costs about ten times its input in memory; what lies beyond is not parsed."""

MAX_PARTS = 500
"""Leaf parts taken up; a person attaches some dozens of photographs at most."""

MAX_DEPTH = 20
"""Multiparts and mails inside mails; real forwards of forwards stay below ten."""

MAX_HEADERS = 500
"""Header fields taken up; a mail through ten relays has about a hundred."""

MAX_HEADER_BYTES = 32 * 2**10
"""One header field; the References of a thread of years stay below it."""

MAX_IDENTIFIERS = 200
"""Message identifiers taken from References: the last ones, which are the nearest."""

MAX_ADDRESSES = 500
"""Addresses taken from one header field."""

MAX_HTML_CHARACTERS = 2**20
"""Web mail wraps a page of text in some 50 kB of mark-up; a megabyte is a book."""

MAX_TABLE_WORK = 50_000_000
"""Tags times characters: aligned tables pad every line to the widest one, so work can be their product."""

MAX_TEXT_CHARACTERS = 2**20
"""The readable text; a letter has a few thousand characters."""

MAX_ENCLOSED_BYTES = 2**18
"""Of a text file that came along: rules look through it, people read it whole."""

MAX_NAME_CHARACTERS = 100
"""An attachment's name: 255 bytes are what file systems take, and a Han character needs three."""
