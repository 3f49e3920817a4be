"""Refusals: an expected "no", as a value with a stable code, a reason for people, and the rule that
decided.

Each interface maps the codes to its own status by one table of its own.
"""

from msgspec import Struct


class Refusal(Struct, frozen=True):
    code: str
    reason: str
    rule: str | None = None


# Every code there is. A test holds that no flow gives another, and the reference page is generated from here.
CODES: dict[str, str] = {
    "unknown_device": "No device of the organisation has this id, name or number.",
    "device_disabled": "The device is disabled.",
    "sim_not_active": "The device's SIM is not active.",
    "unknown_sim": "No SIM of the organisation has this id.",
    "unknown_batch": "No SIM of the organisation has this batch identification code.",
    "sim_in_use": "The SIM is attached to another device.",
    "sim_attached": "A SIM is attached to the device.",
    "sim_move": "A SIM cannot go from its status to this one.",
    "unknown_operator": "No operator has this id.",
    "mt_off": "The policy switches SMS to devices off.",
    "mo_off": "The policy switches SMS from devices off.",
    "p2p_internal_off": "The policy switches SMS between devices of the organisation off.",
    "p2p_external_off": "The policy switches SMS to numbers outside the organisation off.",
    "no_external_route": "No route leads to numbers outside the organisation.",
    "mt_limit_reached": "The monthly limit of SMS to the device is reached.",
    "mo_limit_reached": "The monthly limit of SMS from the device is reached.",
    "quota_missing": "The policy asks for an SMS quota and the device has none.",
    "quota_expired": "The device's SMS quota has expired.",
    "quota_exhausted": "The device's SMS quota is used up.",
    "p2p_cap_reached": "The device has sent its SMS to other devices for the last 24 hours.",
    "peer_blocked": "The number or name of the other side is blocked.",
    "peer_not_allowed": "The number or name of the other side is not on the list of those allowed.",
    "time_blocked": "At this time nothing passes.",
    "content_blocked": "The text is blocked by a content rule.",
    "rate_reached": "The rate is exceeded.",
    "device_held": "The device is held, since it sent far more than it usually does.",
    "pending_limit_reached": "As many SMS wait for the device as its limit allows.",
    "suppressed": "The number has asked to be sent nothing more.",
    "unknown_suppression": "No number of the organisation's suppression list has this id.",
    "not_held": "The device is not held.",
    "queue_full": "Too many SMS wait for the device.",
    "store_full": "The store cannot take more now.",
    "broke_down": "Something broke; the server's log says more.",
    "stopping": "Heliograph is stopping.",
    "no_network": "The device's network is not configured.",
    "not_supported": "The device's network does not carry this kind of SMS.",
    "bad_address": "The address is neither a number nor a short name.",
    "bad_text": "The text cannot be sent in the encoding asked for.",
    "too_long": "The text needs more than 255 segments, or does not fit its header.",
    "bad_validity": "The validity must be between 1 second and 1 year.",
    "bad_schedule": "The time to send must lie within a year and before the validity ends.",
    "bad_value": "A value is out of its range.",
    "unknown_message": "No message of the organisation has this id.",
    "already_final": "The message has reached its final state.",
    "in_flight": "An attempt is under way.",
    "already_attempted": "An attempt was made, so the message can no longer be changed.",
    "duplicate": "The name or number is taken.",
    "unknown_policy": "No policy of the organisation has this id or name.",
    "unknown_tariff": "No tariff of the organisation has this id or name.",
    "unknown_service": "The policy has no such service.",
    "unknown_limit": "No such limit is attached to the service.",
    "unknown_organisation": "No organisation has this name.",
    "unknown_application": "No application of the organisation has this id or name.",
    "unknown_account": "There is no account of this name.",
    "unknown_token": "No token of the organisation has this id.",
    "unknown_quota": "The device has no SMS quota.",
    "unknown_callback": "No callback of the organisation has this id.",
    "unknown_smpp_account": "No SMPP account of the organisation has this id.",
    "unknown_upstream": "No upstream of the organisation has this id or name.",
    "unknown_route": "No route of the organisation has this id.",
    "configured": "The settings name it: it is changed there.",
    "unknown_view": "No view of the organisation that is yours or shared has this id.",
    "unknown_template": "No SMS template of the organisation has this id.",
    "not_owner": "Only who made it, or an administrator, changes it.",
    "unknown_bind": "The account has no such session.",
    "unknown_api_secret": "No secret of the organisation has this id.",
    "bad_token": "The token is not valid.",
    "token_revoked": "The token was revoked, for good.",
    "beyond_scopes": "Nobody gives or changes what may do more than they may.",
    "last_administrator": "An organisation keeps an administrator who is active.",
    "unknown_role": "The user has no such role.",
    "unknown_mfa_key": "The user has no such key.",
    "unknown_trusted_device": "The user has no such trusted device.",
    "unknown_session": "The user has no such login.",
    "key_pending": "The key is not active: a first code of it is needed.",
    "user_suspended": "The user is suspended.",
    "bad_invitation": "The invitation was used, took too long, or there is none such.",
    "other_identity": "The user came as somebody else before: an administrator unlinks it.",
    "own_invitation": "Nobody invites themselves: whoever is signed in changes the password.",
    "secret_lost": "A secret cannot be opened with the keys of this installation.",
    "bad_login": "What was checked for the login holds no longer.",
    "in_use": "Something else uses it.",
    "messages_wait": "Messages wait for the device or its applications.",
    "backup_failed": "The backup could not be made.",
    "no_such_batch": "No batch of the organisation has this id.",
    "batch_state": "The batch is in a state that does not allow this.",
    "bad_template": "The text's variables cannot be filled in.",
    "duplicate_recipient": "The same recipient came earlier in the call.",
    "key_reused": "This idempotency key was used for another request.",
    "unknown_console_link": "No link of the organisation to the console has this id.",
    "console_link_revoked": "The link was revoked, for good.",
    "console_over": "The console is over: what opened it holds no longer.",
    "console_not_allowed": "The console does not allow this.",
    "console_rate_reached": "The console has sent as many SMS as it may in an hour.",
    "server_gone": "The server went away before it answered.",
}


def refuse(code: str, rule: str | None = None, reason: str | None = None) -> Refusal:
    """A refusal with its standard reason, unless a sharper one is given."""
    return Refusal(code, reason or CODES[code], rule)
