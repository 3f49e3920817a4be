"""SMPP for applications: we are the message centre that they bind to.

An account is an application: its gate `application:<id>` is open while one of its sessions receives. `server`
has the listeners, `link` a connection, `desk` an account at work; `inlet` and `submits` bring requests to the
flows, `outlet` brings deliveries; `binding` says who may bind. Words meet in `translate`.
"""
