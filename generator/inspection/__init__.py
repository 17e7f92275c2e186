"""The inspection of a built site: what an inspector of government sites would find, found the night before."""
