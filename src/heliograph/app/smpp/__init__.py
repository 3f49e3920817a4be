"""SMPP for applications, put together: the server, the accounts that there are, who is bound."""
