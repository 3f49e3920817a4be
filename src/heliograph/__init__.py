"""Heliograph: an SMS centre for IoT fleets that anyone can run."""

__version__ = "0.1.0"
