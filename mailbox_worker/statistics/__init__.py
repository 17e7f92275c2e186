"""The fifth stage: the ledger counted, and the figures written for the portal."""
