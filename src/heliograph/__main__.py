"""`python -m heliograph`: the command line."""

from heliograph.cli import main

main()
