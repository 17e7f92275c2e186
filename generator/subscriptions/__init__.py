"""What citizens subscribe to: calendar entries and feed items, decided as values before any file is written."""
