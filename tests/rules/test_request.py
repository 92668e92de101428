"""A request's id, and how it goes on."""

from rules.hosts import parse_url
from rules.request import ID_LENGTH, Client, Reply, Request, Stage, request_id


def test_an_id_can_be_read_out_and_forms_no_words() -> None:
    ids = {request_id(bytes([byte]) * ID_LENGTH) for byte in range(256)}

    assert all(len(one) == ID_LENGTH for one in ids)
    assert set("".join(ids)) == set("0123456789BCDFGHJKMNPQRSTVWXYZ")


def test_an_answered_request_is_the_same_request() -> None:
    asked = Request(id="T", url=parse_url("https://a.example/"), client=Client(name="kid"))
    answered = asked.answered(Reply(mime="text/html"))

    assert (answered.id, answered.url, answered.client) == (asked.id, asked.url, asked.client)
    assert (answered.stage, answered.reply) == (Stage.REPLY, Reply(mime="text/html"))
    assert Stage.NAME < Stage.REQUEST < Stage.REPLY < Stage.PAGE
