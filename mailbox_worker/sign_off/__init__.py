"""The second stage: colleagues' answers, from a clerk's draft to a deputy's decision."""
