"""What no single file can say of itself: references, contradictions, gaps. One module for each part of the office.

Every check receives what was read and hands on faults; none raises, so that one run finds them all.
"""
