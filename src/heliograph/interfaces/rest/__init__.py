"""REST: people and applications over HTTP, in the words of the contract that emnify's clients speak.

`inlet` serves the routes of `routes/`; `route` says what a route is; `translate/` holds the contract's
words; `problem` every answer that is no success; `openapi` describes it all.
"""
