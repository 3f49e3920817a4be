"""The documents: what they say of the code is true."""
