"""The command `tenday` and the demonstration: the only package that knows both programs."""
