"""The first stage: from the mailbox into the ledger, then what each mail is, then out of the inbox."""
