"""The mailbox worker: mailbox, ledger, sign-off, reply, statistics. Its user interface is e-mail."""
