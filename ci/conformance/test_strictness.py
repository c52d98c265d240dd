#!/usr/bin/env python3
"""The suite itself: a server that lies in one way each time is found out."""

import asyncio
import contextlib
import unittest

from case import case, get, head
from expect import (
    PARSER, Left, answer, bare, body, cut_off, declined, ends, interim, ok, refused, stays,
)
from subject import Subject
from talk import PROBE_BODY, ClosedAfter, NextAnswer

DATE = "Date: Sun, 06 Nov 1994 08:49:37 GMT"
TEXT = "Content-Type: text/plain"
HELLO = ok(body(b"Hello, World!"))
PROBLEM = b'{"type":"about:blank","title":"Not Found","status":404,"code":"no","detail":"no"}'


def _answer(*lines, content=PROBE_BODY, status="200 OK", length=True):
    """An answer; the lines replace those it would have."""
    lines = lines or (DATE, TEXT)
    lines += (f"Content-Length: {len(content)}",) if length else ()
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode() + content


GOOD = _answer()


class Strictness(unittest.IsolatedAsyncioTestCase):
    """What a scripted server says to the first request and to the probe."""

    async def check(self, kind, *said, expect=HELLO, send=(get("/plaintext"),), is_target=True,
                    closes=False, **more):
        """Runs one case: each request gets the next answer, then the connection ends."""
        async def serve(reader, writer):
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                for data in said:
                    await reader.readuntil(b"\r\n\r\n")
                    writer.write(data)
                if not closes:
                    await reader.read()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        subject = Subject("scripted", server.sockets[0].getsockname(), is_target)
        verdict = await subject.judge(case("9110-1/x", "claim", *send, expect=expect, **more))
        server.close()
        self.assertEqual(verdict.kind, kind, (verdict.complaints, verdict.talk.wire.got))
        return verdict

    async def test_a_good_answer_agrees(self):
        await self.check("agrees", GOOD, GOOD)

    async def test_a_good_last_answer_agrees(self):
        last = _answer(DATE, TEXT, "Connection: close")
        await self.check("agrees", last, expect=ends(answer(200)), closes=True)

    async def test_good_chunks_agree(self):
        content = b"d;a=b\r\nHello, World!\r\n0\r\nX-Sum: 1\r\n\r\n"
        coded = _answer(DATE, TEXT, "Transfer-Encoding: chunked", content=content, length=False)
        await self.check("agrees", coded, GOOD)

    async def test_a_malformed_answer_fails(self):
        lies = {
            "a line ends with LF": GOOD.replace(b"OK\r\n", b"OK\n"),
            "no space after the status": GOOD.replace(b"200 OK", b"200"),
            "another version": GOOD.replace(b"HTTP/1.1", b"HTTP/1.2"),
            "space before a colon": GOOD.replace(b"Date:", b"Date :"),
            "a folded field": GOOD.replace(b"text/plain", b"text/plain;\r\n a=b"),
            "a control character": GOOD.replace(b"text/plain", b"text/\x01plain"),
            "no Date": _answer(TEXT),
            "a Date on another day": _answer(DATE.replace("Sun", "Mon"), TEXT),
            "no Content-Type": _answer(DATE),
            "two lengths": _answer(DATE, TEXT, "Content-Length: 13"),
            "a length with a sign": GOOD.replace(b"Length: 13", b"Length: +13"),
            "a length and a coding": _answer(DATE, TEXT, "Transfer-Encoding: chunked",
                                             content=b"0\r\n\r\n"),
            "another coding": _answer(DATE, TEXT, "Transfer-Encoding: gzip", length=False),
            "more than the length": GOOD + b"!",
            "a switch of protocols": b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + GOOD,
        }
        for name, lie in lies.items():
            with self.subTest(name):
                verdict = await self.check("fails", lie, GOOD)
                self.assertTrue(verdict.talk.faults)

    async def test_malformed_chunks_fail(self):
        lies = {
            "a size with a prefix": b"0xd\r\nHello, World!\r\n0\r\n\r\n",
            "more data than the size": b"c\r\nHello, World!\r\n0\r\n\r\n",
            "LF for CRLF": b"d\nHello, World!\r\n0\r\n\r\n",
            "a length among trailers": b"d\r\nHello, World!\r\n0\r\nContent-Length: 1\r\n\r\n",
        }
        for name, lie in lies.items():
            with self.subTest(name):
                fields = (DATE, TEXT, "Transfer-Encoding: chunked")
                coded = _answer(*fields, content=lie, length=False)
                verdict = await self.check("fails", coded, GOOD)
                self.assertTrue(verdict.talk.faults)

    async def test_an_answer_without_content_has_none(self):
        empty = _answer(DATE, status="204 No Content", content=b"")
        await self.check("fails", empty, GOOD, expect=stays(answer(204)))

    async def test_content_for_head_fails(self):
        await self.check("fails", GOOD, GOOD, send=(head("HEAD", "/plaintext"),),
                         methods=("HEAD",), expect=ok())

    async def test_an_answer_that_breaks_off_fails(self):
        last = _answer(DATE, TEXT, "Connection: close")
        await self.check("fails", last[:-1], expect=ends(answer(200)), closes=True)
        await self.check("agrees", last[:-1], expect=ends(cut_off(200)), closes=True)

    async def test_an_end_without_an_announcement_fails(self):
        await self.check("fails", GOOD, closes=True, expect=ends(answer(200)))

    async def test_an_answer_after_the_last_fails(self):
        last = _answer(DATE, TEXT, "Connection: close")
        await self.check("fails", last, GOOD, expect=ok())

    async def test_an_answer_to_what_is_no_request_fails(self):
        await self.check("fails", GOOD + GOOD, GOOD, expect=ok())

    async def test_an_answer_that_stays_where_it_should_end_fails(self):
        await self.check("fails", GOOD, GOOD, expect=ends(answer(200)))

    async def test_an_interim_answer_counts(self):
        early = b"HTTP/1.1 100 Continue\r\n\r\n"
        await self.check("fails", early + GOOD, GOOD, expect=ok(interim(0)))
        await self.check("agrees", early + GOOD, GOOD, expect=ok(interim(1)))

    async def test_an_error_of_the_target_is_a_problem_document(self):
        page = _answer(DATE, TEXT, content=b"not found", status="404 Not Found")
        await self.check("fails", page, GOOD, expect=declined(404))
        await self.check("agrees", page, GOOD, expect=declined(404), is_target=False)
        fields = (DATE, "Content-Type: application/problem+json")
        document = _answer(*fields, content=PROBLEM, status="404 Not Found")
        await self.check("agrees", document, GOOD, expect=declined(404))
        another = document.replace(b'"status":404', b'"status":400')
        await self.check("fails", another, GOOD, expect=declined(404))

    async def test_what_is_left_to_hyper_is_bare(self):
        plain = _answer(DATE, "Connection: close", content=b"", status="400 Bad Request")
        await self.check("left", plain, expect=refused(400), hyper=PARSER, closes=True)
        await self.check("fails", plain, expect=refused(400), closes=True)
        page = _answer(DATE, TEXT, "Connection: close", content=b"no", status="400 Bad Request")
        await self.check("fails", page, expect=refused(400), hyper=PARSER, closes=True)

    async def test_an_excuse_that_is_not_needed_is_stale(self):
        await self.check("stale", GOOD, GOOD, hyper=Left("why", bare(400)))
        await self.check("stale", GOOD, GOOD, nginx="why", is_target=False)

    async def test_nginx_differs_with_a_reason_or_fails(self):
        other = GOOD.replace(b"Hello", b"Hallo")
        await self.check("differs", other, GOOD, nginx="why", is_target=False)
        await self.check("fails", other, GOOD, is_target=False)

    async def test_a_timer_that_ends_too_early_fails(self):
        waits = (get("/plaintext"), NextAnswer(), ClosedAfter(1))
        await self.check("fails", GOOD, send=waits, expect=ends(answer(200)), closes=True)


if __name__ == "__main__":
    unittest.main()
