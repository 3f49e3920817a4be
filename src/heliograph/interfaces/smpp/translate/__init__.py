"""SMPP's words and ours: texts, addresses, receipts, statuses. They meet here and nowhere else."""
