"""The application layer: what an agent can do, decided and stored without any screen or Textual."""
