"""Notices for the wall: what stands on them, how they are set, and which version is the current one."""
