"""What a person sees: each widget shows what the store holds and posts what was pressed."""
