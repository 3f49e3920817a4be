"""The contract's words and ours, thing by thing: the only place where `endpoint` and `device` meet."""
