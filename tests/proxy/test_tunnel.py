# mypy: allow-untyped-calls
from collections.abc import Iterator

import pytest
from mitmproxy.connection import ConnectionState
from mitmproxy.options import Options
from mitmproxy.proxy.commands import Command, OpenConnection, RequestWakeup, SendData
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.events import DataReceived, OpenConnectionCompleted, Start, Wakeup
from mitmproxy.proxy.layer import NextLayer, NextLayerHook
from mitmproxy.proxy.layers import TCPLayer
from mitmproxy.test import tflow

from proxy.tunnel import (
    LONGEST_FIRST_LINE,
    SILENCE_SECONDS,
    PatientNextLayer,
    ServerFirst,
    Speech,
    speech_of,
)


@pytest.mark.parametrize(
    ("first", "speech"),
    [
        (b"\x16\x03\x01\x00", Speech.TLS),
        (b"\x16", Speech.UNCLEAR),
        (b"\x16\x03", Speech.UNCLEAR),
        (b"\x16\x02\x01", Speech.RAW),
        (b"", Speech.UNCLEAR),
        (b"G", Speech.UNCLEAR),
        (b"GET", Speech.UNCLEAR),
        (b"GET ", Speech.HTTP),
        (b"get /x", Speech.HTTP),
        (b"GET\t/", Speech.HTTP),
        (b"PRI * HTTP/2.0\r\n", Speech.HTTP),
        (b"QUIRK /x HTTP/1.1\r\n", Speech.HTTP),
        (b"QUIRK /x http/1.1\r\n", Speech.HTTP),
        (b"\x01\x02 HTTP/1.1\r\n", Speech.ODD),
        (b"\x0bGET /x\r\n", Speech.ODD),
        (b"\xa0get\x0b/x\r\n", Speech.ODD),
        (b"GET\x0b/x\r\n", Speech.HTTP),
        (b"QUIRK /x", Speech.UNCLEAR),
        (b"QUIRK /x\r\n", Speech.RAW),
        (b"\r\nGET / HTTP/1.1\r\n", Speech.ODD),
        (b" \0\tGET / HTTP/1.1\r\n", Speech.ODD),
        (b"\r\n", Speech.UNCLEAR),
        (b"SSH-2.0-OpenSSH_9.9", Speech.UNCLEAR),
        (b"SSH-2.0-OpenSSH_9.9\r\n", Speech.RAW),
        (b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", Speech.RAW),
        (b"EHLO home\r\n", Speech.RAW),
        (b"<?xml version='1.0'?>", Speech.RAW),
        (b"\x00\x1e", Speech.RAW),
        (b"\x13BitTorrent protocol", Speech.RAW),
        (b"A" * (LONGEST_FIRST_LINE + 1), Speech.RAW),
    ],
)
def test_what_any_server_could_read_as_a_request_is_no_raw_tunnel(
    first: bytes, speech: Speech
) -> None:
    assert speech_of(first) is speech


def context() -> Context:
    made = Context(tflow.tclient_conn(), Options())
    made.server.address = ("good.example", 25)
    return made


def played(events: Iterator[Command]) -> list[Command]:
    return list(events)


def begun() -> tuple[PatientNextLayer, RequestWakeup]:
    patient = PatientNextLayer(context())
    (wait,) = played(patient.handle_event(Start()))
    assert isinstance(wait, RequestWakeup)
    assert wait.delay == SILENCE_SECONDS
    return patient, wait


def said(layer: NextLayer, data: bytes) -> list[Command]:
    return played(layer.handle_event(DataReceived(layer.context.client, data)))


def test_it_asks_once_enough_has_been_said() -> None:
    patient, _ = begun()
    assert said(patient, b"\x16") == []
    (asks,) = said(patient, b"\x03\x01")
    assert isinstance(asks, NextLayerHook)
    assert not patient.is_over


def test_it_asks_after_a_while_of_silence() -> None:
    patient, wait = begun()
    (asks,) = played(patient.handle_event(Wakeup(wait)))
    assert isinstance(asks, NextLayerHook)
    assert patient.is_over


def test_the_wakening_never_reaches_what_was_chosen() -> None:
    patient, wait = begun()
    patient.context.server.timestamp_start = 1.0
    chosen = TCPLayer(patient.context, ignore=True)
    patient.layer = chosen
    (asks,) = said(patient, b"SSH-2.0-x\r\n")
    answered = patient.handle_event(OpenConnectionCompleted(asks, None))  # type: ignore[arg-type]
    (sent,) = played(answered)
    assert isinstance(sent, SendData)
    assert sent.data == b"SSH-2.0-x\r\n"
    assert played(patient.handle_event(Wakeup(wait))) == []
    (more,) = said(patient, b"more")
    assert isinstance(more, SendData)


def opened() -> ServerFirst:
    layer = ServerFirst(context())
    (opens,) = played(layer.handle_event(Start()))
    assert isinstance(opens, OpenConnection)
    layer.context.server.state = ConnectionState.OPEN
    assert played(layer.handle_event(OpenConnectionCompleted(opens, None))) == []
    return layer


def test_what_the_site_begins_is_carried_both_ways() -> None:
    layer = opened()
    (banner,) = played(layer.handle_event(DataReceived(layer.context.server, b"220 hello\r\n")))
    assert isinstance(banner, SendData)
    assert (banner.connection, banner.data) == (layer.context.client, b"220 hello\r\n")
    (answer,) = played(layer.handle_event(DataReceived(layer.context.client, b"GET / HTTP/1.1")))
    assert isinstance(answer, SendData)
    assert answer.connection is layer.context.server


def test_who_speaks_before_the_site_is_asked_about_like_anybody() -> None:
    layer = opened()
    (asks,) = played(layer.handle_event(DataReceived(layer.context.client, b"GET / HTTP/1.1\r\n")))
    assert isinstance(asks, NextLayerHook)
    assert asks.data.data_client() == b"GET / HTTP/1.1\r\n"
