"""The API, put together: the server, and for each of its parts what it works with."""
