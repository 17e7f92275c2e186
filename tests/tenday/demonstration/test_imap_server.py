"""The embedded IMAP server keeps what a mailbox worker relies on."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from tenday.demonstration.imap_server import ImapServer

RAW = "From: 张三 <zhangsan@example.org>\r\nSubject: x\r\n\r\n".encode() + "投诉".encode("gb18030") + b"\r\n"
AT = datetime(2012, 3, 5, 9, 30, tzinfo=timezone(timedelta(hours=8)))


def test_an_account_begins_with_an_empty_inbox_and_nothing_else() -> None:
    with ImapServer({"director": "right"}) as server:
        assert server.folders("director") == ["INBOX"]
        assert server.messages("director") == []


def test_a_mail_keeps_its_bytes_and_its_internal_date() -> None:
    with ImapServer({"director": "right"}) as server:
        server.append("director", RAW, AT)
        (mail,) = server.messages("director")
    assert mail.raw == RAW
    assert mail.internal_date == AT


def test_mail_above_a_uid_never_brings_the_last_one_again() -> None:
    with ImapServer({"director": "right"}) as server:
        server.append("director", RAW, AT)
        (first,) = server.messages("director")
        assert server.messages("director", above=first.uid) == []


def test_a_keyword_set_in_one_session_is_seen_in_the_next() -> None:
    with ImapServer({"director": "right"}) as server:
        server.append("director", RAW, AT)
        with server.connect("director") as client:
            selected = client.select_folder("INBOX")
            assert b"\\*" in selected[b"PERMANENTFLAGS"]
            (uid,) = client.search()
            client.add_flags(uid, [b"$Claimed"])
        with server.connect("director") as client:
            client.select_folder("INBOX")
            assert b"$Claimed" in client.get_flags(uid)[uid]


def test_a_mail_moves_into_a_folder_with_a_chinese_name() -> None:
    with ImapServer({"director": "right"}) as server:
        server.append("director", RAW, AT)
        with server.connect("director") as client:
            client.create_folder("已处理")
            client.select_folder("INBOX")
            client.move(client.search(), "已处理")
        assert server.messages("director") == []
        assert [mail.raw for mail in server.messages("director", "已处理")] == [RAW]


@pytest.mark.parametrize(("login", "password"), [("director", "wrong"), ("nobody", "right")])
def test_a_wrong_password_and_an_unknown_login_are_refused(login: str, password: str) -> None:
    with (
        ImapServer({"director": "right"}) as server,
        IMAPClient(server.host, server.port, ssl=False, timeout=20) as client,
        pytest.raises(LoginError),
    ):
        client.login(login, password)


def test_accounts_do_not_see_each_other() -> None:
    with ImapServer({"director": "a", "wangfang@bureau.example": "b"}) as server:
        server.append("director", RAW, AT)
        assert server.messages("wangfang@bureau.example") == []


def test_no_thread_is_left_after_the_end_even_with_clients_still_connected_and_idle() -> None:
    before = threading.active_count()
    with ImapServer({"director": "right"}) as server:
        client = server.connect("director")
        client.select_folder("INBOX")
        client.idle()
    assert threading.active_count() == before
    client.shutdown()
