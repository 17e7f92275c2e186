"""What can go wrong with a mail server, in the three kinds that a caller must tell apart."""


class ServerTrouble(Exception):  # noqa: N818 - a state of affairs, said to a person in one line
    """Something about a mail server; the message names the server and says what to do."""


class Unreachable(ServerTrouble):
    """No connection, a broken one, or no answer in time: try again later."""


class NotAccepted(ServerTrouble):
    """It is there and will not have us: wrong password, TLS refused, no such folder; a person must mend that."""
