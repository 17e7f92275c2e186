"""The pure middle: what a letter is, where it stands, who may see it, and what people's words mean.

Opens nothing, writes nothing, asks no clock.
"""
