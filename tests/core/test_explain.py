"""Explaining: every code that a flow writes has words, and the words say what happened."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import heliograph.flow
from heliograph.core.delivery import Place
from heliograph.core.message import Direction, Message, State
from heliograph.core.outcome import MEANINGS
from heliograph.core.refusal import CODES
from heliograph.core.story.explain import TELLS, Names, Sentence, explain, utc
from heliograph.core.story.reasons import ENDS, encoding, reason
from heliograph.core.story.standing import Standing
from heliograph.core.story.timeline import line, phrase
from heliograph.wire.gsm.alphabet import Language

FLOW = Path(heliograph.flow.__file__).parent
AT = 1_773_144_000_123
NEXT = AT + 60_000
FIRST = line("accepted", AT, "token:3", "MT", "standard", 2, 0)


def constants(node: ast.expr) -> list[str]:
    """The texts that an expression may be."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=body, orelse=other):
            return constants(body) + constants(other)
        case ast.Call(func=ast.Name(id="news_word"), args=args):
            return [code for one in args for code in constants(one)]
    return []


def written(tree: ast.AST) -> Iterator[tuple[int, list[str]]]:
    """Each call of `line` with the codes that it may write; a code in a name is looked up in its function."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        named = {
            node.targets[0].id: constants(node.value)
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "line":
                code = call.args[0]
                found = named.get(code.id, []) if isinstance(code, ast.Name) else constants(code)
                yield call.lineno, found


def codes_of_flows() -> dict[str, list[str]]:
    """Where each code is written."""
    found: dict[str, list[str]] = {}
    for path in sorted(FLOW.rglob("*.py")):
        for number, codes in written(ast.parse(path.read_text())):
            assert codes, f"{path.name}:{number}: a code that this test cannot read"
            for code in codes:
                found.setdefault(code, []).append(f"{path.name}:{number}")
    return found


def test_every_code_that_a_flow_writes_has_words() -> None:
    found = codes_of_flows()
    assert len(found) > 20
    assert not {code: places for code, places in found.items() if code not in TELLS}
    assert not TELLS.keys() - found.keys()  # and no words for what nobody writes


def test_the_search_finds_a_code_in_a_name_and_one_that_it_cannot_read() -> None:
    source = "def f(a):\n    code = 'x' if a else 'y'\n    line(code, 1)\n    line(a, 1)\n    line('z', 1)"
    assert list(written(ast.parse(source))) == [(3, ["x", "y"]), (4, []), (5, ["z"])]


def message(timeline: str, **fields: object) -> Message:
    values: dict[str, object] = {
        "id": 512,
        "org": 1,
        "direction": Direction.MT,
        "device": 7,
        "origin": None,
        "application": None,
        "sender": "token:3",
        "source": "",
        "destination": "4917",
        "body": b"hello",
        "dcs": 0,
        "pid": 0,
        "udh": b"",
        "languages": 0,
        "segments": 2,
        "priority": 0,
        "receipt": 0,
        "at_most_once": 0,
        "replace_key": None,
        "price": 0,
        "state": State.DELIVERED,
        "reason": None,
        "accepted_at": AT,
        "not_before": None,
        "expires_at": AT + 86_400_000,
        "final_at": AT,
        "attempts": 1,
        "timeline": timeline,
        **fields,
    }
    return Message(**values)  # type: ignore[arg-type]  # a value of each field's type


def told(*steps: str, **fields: object) -> str:
    """The words of these steps, without those of the first one."""
    return "\n".join(sentence.text for sentence in explain(message("".join(steps), **fields)))


def test_the_first_sentence_says_who_what_and_where() -> None:
    (sentence,) = explain(message(FIRST))
    assert sentence == Sentence(
        "accepted",
        AT,
        "Accepted from token:3: an SMS to a device, under policy standard, in 2 segments of GSM 7-bit text. "
        "It goes on the lane of device 7, and is valid until 2026-03-11 12:00:00 UTC.",
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"direction": Direction.MO, "device": None, "origin": 7, "application": 9},
            "application 9 for device 7",
        ),
        ({"direction": Direction.MO, "device": None, "origin": 7}, "No application reads"),
        ({"direction": Direction.P2P, "origin": 8}, "the lane of device 7"),
        ({"direction": Direction.P2P, "origin": 8, "device": None}, "has the number 4917"),
    ],
)
def test_the_lane_depends_on_the_receiver(fields: dict[str, object], words: str) -> None:
    assert words in told(FIRST, **fields)


def test_a_policy_gets_its_spaces_back() -> None:
    step = line("accepted", AT, "t", "MT", "my_own_policy", 1, 0)
    assert (
        "under policy my own policy, in 1 segment of"
        in explain(message(step), names=Names(["a", "my own policy"]))[0].text
    )
    assert "under policy my_own_policy," in explain(message(step))[0].text


def test_names_are_said_where_they_are_known() -> None:
    names = Names(devices={7: "meter-7"}, applications={9: "crm"})
    steps = FIRST + line("receipt", AT, 9) + line("receipt_delivered", AT, 9, "-")
    text = " ".join(sentence.text for sentence in explain(message(steps), names=names))
    for words in ("the lane of device meter-7,", "receipt for application crm goes", "crm has the receipt"):
        assert words in text
    mo = message(FIRST, direction=Direction.MO, device=None, origin=7, application=9)
    assert "the lane of application crm for device meter-7," in explain(mo, names=names)[0].text


def test_the_first_sentence_is_true_after_changes() -> None:
    first = line("changed", AT, "a", "languages:3:1", f"expires_at:{AT}:{AT + 1}")
    second = line("changed", AT, "a", "languages:1:0", f"expires_at:{AT + 1}:{NEXT}")
    old = line("changed", AT, "a", 1, 0)
    told = explain(message(FIRST + first + second, expires_at=NEXT))[0].text
    assert "with the Portuguese single shift table" in told
    assert "valid until 2026-03-10 12:00:00 UTC." in told
    assert "valid until 2026-03-10 12:00:00 UTC." in explain(message(FIRST + first + old))[0].text
    assert "valid until" not in explain(message(FIRST + old + second))[0].text  # nobody knows any more


def test_an_applications_lane_is_not_brought_forward_by_a_device() -> None:
    step = line("deferred", AT, "link_lost", NEXT, "unknown")
    assert told(step, direction=Direction.MO).endswith("an unknown outcome.")
    waiting = message(FIRST, final_at=None, direction=Direction.MO, origin=7, application=9)
    standing = Standing(place=Place.WAITING, due_at=NEXT, lane_attempts=1, lane_code="link_lost")
    assert "UTC, after 1 failed" in explain(waiting, standing)[1].text


@pytest.mark.parametrize(
    ("dcs", "languages", "words"),
    [
        (0x00, 0, "GSM 7-bit text"),
        (0x04, 0, "8-bit data"),
        (0x08, 0, "UCS-2 text"),
        (0x10, 0, "GSM 7-bit text, class 0 (flash)"),
        (0xF6, 0, "8-bit data, class 2 (stored on the SIM)"),
        (0xC8, 0, "GSM 7-bit text, message waiting indication"),
        (
            0,
            Language.TURKISH * 256 + Language.SPANISH,
            "GSM 7-bit text, with the Turkish locking shift table, with the Spanish single shift table",
        ),
    ],
)
def test_an_encoding_in_words(dcs: int, languages: int, words: str) -> None:
    assert encoding(dcs, languages) == words


STEPS = {
    line("scheduled", AT, NEXT): "to go at 2026-03-10 12:01:00 UTC, not before",
    line(
        "rate", AT, NEXT, 6
    ): "6 SMS a minute by other devices: it enters the lane at 2026-03-10 12:01:00 UTC",
    line("held", AT): "Its batch was paused: it left its lane",
    line("released", AT, NEXT): "resumed: it enters its lane at 2026-03-10 12:01:00 UTC",
    line("incomplete", AT, "2,3", 4): "Of 4 segments, number 2, 3 never came",
    line("replaces", AT, 256): "replaces message 256",
    line("replaced", AT, 256): "Message 256 replaced it",
    line("changed", AT, "operator"): "Changed by operator: nothing is different.",
    line("changed", AT, "operator", "segments:1:3", "languages:0:2", f"not_before:0:{NEXT}"): (
        "Changed by operator: new words in 3 segments (before: 1); to go at 2026-03-10 12:01:00 UTC (before: "
        "at once)."
    ),
    line("changed", AT, "operator", f"expires_at:{AT}:{NEXT}", "priority:0:2"): (
        "Changed by operator: valid until 2026-03-10 12:01:00 UTC (before: 2026-03-10 12:00:00 UTC); "
        "priority 2 (before: 0)."
    ),
    line(
        "changed", AT, "operator", 1, NEXT
    ): "Changed by operator: now 1 segment, to go at 2026-03-10 12:01:00 UTC.",
    line("changed", AT, "operator", 3, 0): "now 3 segments.",
    line("woken", AT, "attached", 2): "7 attached: its lane is tried after the settling delay of 2 s.",
    line("woken", AT, "attached", 0): "7 attached: its lane is tried at once.",
    line("woken", AT, "memory_free", "simulator"): "7 freed memory: its lane is tried at once.",
    line("woken", AT, "moved", "metro"): "7 moved to network metro: its lane is tried at once.",
    line("woken", AT, "gate_opened", "simulator"): "Gate simulator opened: its lane is tried.",
    line("woken", AT, "gate_opened", "application:9"): "Application 9 connected: its lane is tried.",
    line("woken", AT, "away", 6): "has been away for 6 h, and is tried in case its return went unheard.",
    line("attempt", AT, 2, "application:9", 1, 0): "Attempt 2 left for application 9.",
    line("attempt", AT, 2, "simulator", 1, 0): "Attempt 2 left through gate simulator with segment 1 of 2.",
    line("attempt", AT, 2, "simulator", 1, 1): "marked as a repeat, since an earlier one may have arrived",
    line("arrived", AT, 2): "Segment 2 arrived: the device acknowledged it",
    line("deferred", AT, "absent", NEXT, "absent"): (
        "Answer absent: the device did not answer; it is out of coverage or switched off. Next try at "
        "2026-03-10 12:01:00 UTC, by the schedule for absent, or when the device attaches."
    ),
    line(
        "deferred", AT, "sleeping", NEXT, "network"
    ): "Next try at 2026-03-10 12:01:00 UTC, as the network asked.",
    line("deferred", AT, "absent", NEXT, "alert"): "since the device showed itself meanwhile",
    line("deferred", AT, "gate_closed", NEXT, "returned"): "since nothing was sent",
    line("deferred", AT, "memory_full", NEXT, "memory_full"): "for memory full, or when the device frees",
    line("deferred", AT, "restart", NEXT, "unknown"): (
        "Outcome unknown, restart: Heliograph stopped while the attempt was under way. It may have arrived. "
        "Next try at 2026-03-10 12:01:00 UTC, by the schedule for an unknown outcome, or when the device "
        "attaches."
    ),
    line("deferred", AT, "link_lost", 0): "Outcome unknown, link_lost: the link was lost after sending. It",
    line("deferred", AT, "no_answer", NEXT, "alert"): "Outcome unknown, no_answer",
    line("deferred", AT, "absent", NEXT): "Next try at 2026-03-10 12:01:00 UTC.",
    line("deferred", AT, "absent", 0): "There is no next try: its validity ended",
    line("deferred", AT, "weird", NEXT, "congestion"): "Answer weird: the far end answered 'weird'.",
    line("unknown", AT, "link_lost"): (
        "Outcome unknown, link_lost: the link was lost after sending. It may have arrived. Its sender "
        "asked for"
    ),
    line("rejected", AT, "barred"): "Answer barred: the subscriber is barred from receiving SMS. This is",
    line("taken_over", AT, "A7"): "took it over as A7",
    line("reported", AT, 1, "delivered"): "reports segment 1 as delivered.",
    line("reported", AT, 1, "barred"): "segment 1 as not delivered, barred: the subscriber is barred",
    line("rerouted", AT, "throttled", "acme", "beta"): (
        "Upstream acme does not carry it, throttled: the upstream takes no more for now. It goes by upstream"
    ),
    line("kept", AT): "kept here to be read",
    line(
        "forbidden", AT, phrase("policy standard: mt")
    ): "Policy standard does not let it go on, by its rule mt.",
    line("forbidden", AT, phrase("device m_7: status")): "It may not go on: device m_7 is disabled.",
    line("forbidden", AT, phrase('policy standard: block list "+49"')): (
        'Policy standard does not let it go on, by its rule block list "+49".'
    ),
    line("forbidden", AT, phrase('device m_7: window "n_1"')): (
        'The rules of device m_7 do not let it go on, by window "n_1".'
    ),
    line("forbidden", AT, phrase("network sim")): "It may not go on, by the rule network sim.",
    line("forbidden", AT, "-"): "It may not go on.",
    line("cancel", AT, "operator"): "Canceled by operator.",
    line("given_back", AT, 2): "so 2 segments were given back to limits and quota",
    line("given_back", AT, 1): "so 1 segment was given back to limits and quota",
    line("receipt", AT, 9): "A receipt for application 9 goes on its lane",
    line("receipt_deferred", AT, "receiver_gone", NEXT, "application"): (
        "receiver_gone: the application went away before it answered. Next try at "
        "2026-03-10 12:01:00 UTC, by the schedule for application."
    ),
    line("receipt_deferred", AT, "link_lost", NEXT, "unknown"): (
        "the link was lost after sending. Next try at 2026-03-10 12:01:00 UTC, by the schedule for an unknown"
    ),
    line("receipt_delivered", AT, 9, "-"): "Application 9 has the receipt",
    line("receipt_lost", AT, 9, "validity"): "never reached application 9, validity: its validity ended",
    line("interim", AT, 9): "News of that for application 9 goes on its lane.",
    line("interim_deferred", AT, "receiver_gone", NEXT, "application"): "The news of its delay could not be",
    line("interim_delivered", AT, 9, "-"): "Application 9 has the news of its delay.",
    line("interim_lost", AT, 9, "validity"): "The news of its delay never reached application 9, validity",
    line("replayed", AT, 9, "token:3"): "to application 9 once more, as token:3 asked.",
    line("replay_deferred", AT, "receiver_down", NEXT, "application"): "The replay could not be brought",
    line("replay_delivered", AT, 9, "-"): "Application 9 has it once more.",
    line("replay_lost", AT, 9, "validity"): "The replay never reached application 9, validity",
    line("final", AT, "DELIVERED", "-"): "Final state DELIVERED.",
    line("final", AT, "FAILED", "mt_off"): "FAILED, mt_off: the policy switches SMS to devices off.",
    line("final", AT, "EXPIRED", "no_receipt"): "EXPIRED, no_receipt: the upstream took it over and never",
}


@pytest.mark.parametrize(("step", "words"), STEPS.items(), ids=[step.split()[0] for step in STEPS])
def test_each_step_in_words(step: str, words: str) -> None:
    text = told(step)
    assert words in text
    assert not text.startswith("Step ")


def test_all_steps_were_tried() -> None:
    assert {step.split()[0] for step in STEPS} | {"accepted"} == TELLS.keys()


def test_a_step_of_a_later_version_is_shown_as_it_stands() -> None:
    assert told(line("teleported", AT, "moon")) == "Step teleported moon."
    assert told(line("attempt", AT, "x")) == "Step attempt x."
    assert told(line("final", AT, "LOST", "-")) == "Step final LOST -."
    assert told(line("accepted", AT, "t", "XX", "p", 1, 0)) == "Step accepted t XX p 1 0."


def test_another_zone_is_the_callers_choice() -> None:
    sentences = explain(message(line("scheduled", AT, NEXT)), show=lambda at: f"<{at}>")
    assert sentences[0].text == f"Its sender wants it to go at <{NEXT}>, not before."


def now(standing: Standing | None) -> dict[str, str]:
    waiting = message(FIRST, final_at=None, state=State.PENDING, attempts=3)
    return {sentence.code: sentence.text for sentence in explain(waiting, standing) if sentence.at is None}


WAITING = Standing(place=Place.WAITING, gate="simulator")


@pytest.mark.parametrize(
    ("standing", "code", "words"),
    [
        (None, "under_way", "Attempt 3 is under way"),
        (
            Standing(place=Place.SCHEDULED, enter_at=NEXT),
            "waits_for_time",
            "enters its lane at 2026-03-10 12:01",
        ),
        (
            Standing(place=Place.AWAITING, expires_at=NEXT),
            "waits_for_report",
            "until 2026-03-10 12:01:00 UTC",
        ),
        (Standing(place=Place.WAITING, ahead=2), "waits_for_others", "behind 2 on its lane"),
        (
            Standing(place=Place.WAITING, under_way=768),
            "waits_for_others",
            "Message 768 of its lane is under way",
        ),
        (Standing(place=Place.WAITING, under_way=768, ahead=2), "waits_for_others", "and 2 more that go"),
        (Standing(place=Place.WAITING, attached=False), "waits_for_attach", "it attaches."),
        (
            Standing(place=Place.WAITING, attached=False, due_at=NEXT, lane_code="away"),
            "waits_for_attach",
            "tried when it attaches, and if it does not, at 2026-03-10 12:01:00 UTC.",
        ),
        (
            Standing(place=Place.WAITING, attached=False, due_at=NEXT, lane_code="absent", lane_attempts=1),
            "waits_for_attach",
            "tried when it attaches, and if it does not, at 2026-03-10 18:01:00 UTC.",
        ),
        (Standing(place=Place.WAITING, gate="g", gate_is_open=False), "waits_for_gate", "Gate g is closed"),
        (WAITING, "waits_for_gate", "as soon as gate simulator has room"),
        (Standing(place=Place.WAITING, due_at=NEXT), "waits_for_try", "next at 2026-03-10 12:01:00 UTC."),
        (
            Standing(place=Place.WAITING, due_at=NEXT, lane_attempts=4, lane_code="memory_full"),
            "waits_for_try",
            "or when the device frees memory, after 4 failed in a row; the last one: the device's SMS memory",
        ),
    ],
)
def test_what_it_waits_for(standing: Standing | None, code: str, words: str) -> None:
    found = now(standing)
    assert words in found[code]
    assert "it expires at 2026-03-11 12:00:00 UTC" in found["validity"]
    assert len(found) == 2


def test_a_final_message_waits_for_nothing() -> None:
    assert [sentence.code for sentence in explain(message(FIRST), WAITING)] == ["accepted"]


def test_every_reason_has_words_that_fit_into_a_sentence() -> None:
    for code in MEANINGS.keys() | CODES.keys() | ENDS.keys():
        words = reason(code)
        assert not words.endswith(".")
        assert words[0].islower() or words.startswith("Heliograph"), words
        assert words != code


def test_times_are_utc_to_the_second_as_in_lists() -> None:
    assert [utc(0), utc(AT)] == ["1970-01-01 00:00:00 UTC", "2026-03-10 12:00:00 UTC"]
