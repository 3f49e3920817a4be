"""The SQL catalogue: every statement that writes, or is part of a transaction, as text for both engines."""
