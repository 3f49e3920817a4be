"""Webhooks: SMS from devices, receipts and events, POSTed and PATCHed to the URLs of callbacks.

`callbacks` keeps a gate for each; `outlet` carries its jobs; `call` makes one call, through `guard`;
`translate` holds the contract's words, `signature` the proof that a call is ours; `directory` what a call has
to know beside its message; `journal` what became of each.
"""
