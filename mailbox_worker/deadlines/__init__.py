"""The fourth stage: who is reminded, what is escalated, what is closed."""
