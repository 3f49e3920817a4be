"""HTTP: a server for our own loop and a client, each bounded."""
