"""What an agent does at the desk, decided and stored without a screen: no Textual is here."""
