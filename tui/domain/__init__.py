"""Define the values and rules of a two-way SMS desk, without input or output.

Nothing here imports another part of the program.
"""
