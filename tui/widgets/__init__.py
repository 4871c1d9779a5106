"""Show what the store holds, and post what the agent has pressed."""
