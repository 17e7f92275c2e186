"""The office's open data: tables, and the papers that describe them to machines."""
