"""What GSM and its successors put into an SMS: text, user data, TPDU and RP (TS 23.038, 23.040, 24.011).

Comes in: octets of one unit, or text. Goes out: values, or octets. The one codec that `core` may import,
because counting segments is domain. Never here: the protocols that carry these units.
"""
