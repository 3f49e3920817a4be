"""One call that sends to many: whom it means, its slices, and how it is steered while it runs."""
