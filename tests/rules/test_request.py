"""A request's id."""

from rules.request import ID_LENGTH, request_id


def test_an_id_can_be_read_out_and_forms_no_words() -> None:
    ids = {request_id(bytes([byte]) * ID_LENGTH) for byte in range(256)}

    assert all(len(one) == ID_LENGTH for one in ids)
    assert set("".join(ids)) == set("0123456789BCDFGHJKMNPQRSTVWXYZ")
