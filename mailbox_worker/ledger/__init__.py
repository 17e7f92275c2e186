"""The ledger: the worker's only state. Everything else, folders, pages and statistics, can be rebuilt from it."""
