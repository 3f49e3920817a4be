"""Benchmarks of the real engine: `python -m bench NAME [--json]`. Figures, not verdicts."""
