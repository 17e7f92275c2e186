"""The third stage: plans become bytes, bytes are handed over, and what became of them is written down."""
