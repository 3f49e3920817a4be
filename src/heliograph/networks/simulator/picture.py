"""Pictures: what a person is shown of a virtual device and of the network, as plain dicts."""

from typing import Any

from heliograph.networks.simulator import radio as radios
from heliograph.networks.simulator.device import Device
from heliograph.networks.simulator.fleet import Fleet, Identity
from heliograph.networks.simulator.inbox import INBOX_LIMIT, Sms
from heliograph.networks.simulator.outbox import Letter, Refused
from heliograph.networks.simulator.profile import Profile
from heliograph.networks.simulator.radio import Coverage, Radio
from heliograph.wire.gsm.causes import rp_cause_words

Picture = dict[str, Any]


def show_device(fleet: Fleet, identity: Identity) -> Picture:
    """A device without an object is as its profile says."""
    device = fleet.devices.get(identity.key)
    return {
        "imsi": identity.imsi,
        "msisdn": identity.msisdn,
        **glance(fleet, identity),
        **_read(fleet, device, identity.key),
        **(_memories(device) if device is not None else _NO_MEMORIES),
    }


def glance(fleet: Fleet, identity: Identity) -> Picture:
    """Its state alone: cheap, for lists."""
    device = fleet.devices.get(identity.key)
    profile = device.profile if device is not None else fleet.profile_of(identity.key)
    return {
        "profile": fleet.profile_name(identity.key),
        **_radio(device.radio if device is not None else Radio(), profile, fleet.now()),
    }


def last_read(fleet: Fleet, identity: Identity) -> Picture | None:
    """The SMS that it read last."""
    device = fleet.devices.get(identity.key)
    own = device.inbox.read if device is not None and device.inbox is not None else []
    found = own or fleet.passed.inbox(identity.key).read
    return _sms(found[-1]) if found else None


_NO_MEMORIES: Picture = {"readings": {}, "sending": [], "refused": []}


def _read(fleet: Fleet, device: Device | None, key: str) -> Picture:
    """With what reached it while it had no object."""
    own = device.inbox.read if device is not None and device.inbox is not None else []
    return {
        "received": fleet.passed.received(key) + (device.received if device is not None else 0),
        "inbox": min(INBOX_LIMIT, len(fleet.passed.inbox(key).read) + len(own)),
    }


def _radio(radio: Radio, profile: Profile, now: int) -> Picture:
    by_hand = radio.coverage == Coverage.ASLEEP
    asleep = by_hand or radios.asleep(radio, profile.sleep, now)
    wakes = asleep and not by_hand
    window = radios.next_window(profile.sleep, radio.phase_ms, now) if wakes and profile.sleep else None
    return {
        "coverage": Coverage(radio.coverage).name.lower(),
        "memory": "full" if radio.memory_full else "free",
        "fault": str(radio.fault) if radio.fault is not None else None,
        "asleep": asleep,
        "wakes_at": window,
    }


def _memories(device: Device) -> Picture:
    outbox = device.outbox
    return {
        "readings": {name: _rounded(value) for name, value in device.readings().items()},
        "sending": [_letter(letter) for letter in outbox.waiting] if outbox is not None else [],
        "refused": [_refused(refused) for refused in outbox.refused] if outbox is not None else [],
    }


def _rounded(value: float) -> float:
    """As a meter shows it: six digits that count."""
    return float(f"{value:.6g}")


def _letter(letter: Letter) -> Picture:
    return {
        "to": letter.to,
        "text": letter.text,
        "segments": len(letter.segments),
        "acknowledged": letter.sent,
        "tries": letter.tries,
    }


def _refused(refused: Refused) -> Picture:
    return {
        "at": refused.at,
        "to": refused.to,
        "text": refused.text,
        "cause": refused.cause,
        "reason": rp_cause_words(refused.cause),
        "given_up": refused.given_up,
    }


def show_inbox(device: Device) -> list[Picture]:
    """Oldest first."""
    return [_sms(sms) for sms in device.inbox.read] if device.inbox is not None else []


def _sms(sms: Sms) -> Picture:
    words = {"hex": sms.text} if sms.binary else {"text": sms.text}
    return {"at": sms.at, "source": sms.source, **words, "repeated": sms.repeated}


def show_profile(name: str, profile: Profile) -> Picture:
    return {
        "name": name,
        "description": profile.description,
        "answers": [rule.pattern for rule in profile.answers],
        "reports": len(profile.reports),
        "alerts": len(profile.alerts),
        "sleep": profile.sleep.mode if profile.sleep is not None else None,
        "known_senders": list(profile.known_senders),
        "readings": {
            name: {"low": reading.low, "high": reading.high} for name, reading in profile.readings.items()
        },
    }
