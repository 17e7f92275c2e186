"""The pure middle: what a letter is, where it stands, who may see it, and what people's words mean.

Opens nothing and asks no clock; `steps` alone writes, in the transaction that it is handed.
"""
