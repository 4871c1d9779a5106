"""Values and rules of a two-way SMS desk: no IO, and nothing of ours imported."""
