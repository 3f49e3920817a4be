"""Where SMPP's words and ours meet, on the way to operators and back."""
