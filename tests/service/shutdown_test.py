#!/usr/bin/env python3
"""Every state of a connection, told to end in three ways: it ends in time, and nothing
that was promised is cut.

    shutdown_test.py <service program> [test...]
"""
import contextlib
import pathlib
import re
import signal
import socket
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tools/acts'))
import clients  # noqa: E402
from service import Service, wait_until  # noqa: E402

PROGRAM = None
ORDER = b'{"item":"tea","quantity":1}'
SLOW = clients.SLOW_ORDER  # its handler takes two seconds


def post(body, fields='', sent=None):
    head = (f'POST /orders HTTP/1.1\r\nHost: orders\r\nContent-Length: {len(body)}\r\n'
            f'{fields}\r\n')
    return head.encode() + body[:len(body) if sent is None else sent]


GET = clients.request_bytes('GET', '/health')
PAGE = clients.request_bytes('GET', '/')

# Each state: what the client has sent, how many answers it has read before the signal,
# what it sends afterwards, and the statuses it must then be given whole in a drain.
STATES = {
    'has said nothing': (b'', 0, b'', []),
    'within a head': (GET[:12], 0, GET[12:], [200]),
    'within a body': (post(ORDER, sent=5), 0, ORDER[5:], [201]),
    'its handler runs': (post(SLOW), 0, b'', [201]),
    'kept alive': (GET, 1, b'', []),
    'pipelined after a slow one': (post(SLOW) + GET, 0, b'', [201]),
    'half-closed while its handler runs': (post(SLOW), 0, None, [201]),
    'waits for 100': (post(ORDER, 'Expect: 100-continue\r\n', sent=0), 100, ORDER, [201]),
    'listens to events': (clients.request_bytes('GET', '/live'), 'events', b'', ['farewell']),
    'does not read its answers': (PAGE * 2000, 'full', b'', ['whole']),
    'does not read events': (clients.request_bytes('GET', '/live'), 0, b'', ['farewell']),
}


class Client:
    """One connection in one of the states."""

    def __init__(self, service, state):
        self.sent, self.before, self.afterwards, self.wanted = STATES[state]
        self.got = b''
        self.peer = socket.socket()
        if self.before == 'full':
            self.peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.peer.settimeout(10)
        self.peer.connect((service.host, service.port))
        self.reach()

    def reach(self):
        if self.before == 'full':
            self.peer.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                self.peer.send(self.sent)
            self.peer.settimeout(10)
            return
        self.peer.sendall(self.sent)
        ends = {1: b'ok\n', 100: b'100 Continue\r\n\r\n', 'events': b'retry: 1000\n\n'}
        while self.before and ends[self.before] not in self.got:
            self.got += self.peer.recv(4096)
        if self.afterwards is None:
            self.peer.shutdown(socket.SHUT_WR)
        self.got = self.got if self.before == 'events' else b''

    def go_on(self):
        if self.afterwards:
            self.peer.sendall(self.afterwards)

    def finish(self):
        """All that it is given until the service closes."""
        with self.peer, contextlib.suppress(OSError):
            while piece := self.peer.recv(65536):
                self.got += piece
        return self.got


def answers(text):
    """(status, is whole) of each response with a length in what a connection said."""
    found = []
    while text:
        head, blank, rest = text.partition(b'\r\n\r\n')
        status = int(head[9:12]) if len(head) >= 12 else 0
        length = re.search(rb'Content-Length: (\d+)', head)
        size = int(length[1]) if length else 0
        found.append((status, bool(blank) and len(rest) >= size))
        text = rest[size:]
    return [one for one in found if one[0] != 100]


class Shutdown(unittest.TestCase):
    def start(self, scope, drain_s):
        folder = scope.enter_context(tempfile.TemporaryDirectory(prefix='coil-orders-'))
        return scope.enter_context(
            Service(PROGRAM, pathlib.Path(folder) / 'orders.sqlite', '--drain', str(drain_s),
                    port=0))

    def everyone(self, scope, service):
        """A client in each state, once the service knows them all."""
        all_of_them = {state: Client(service, state) for state in STATES}
        for client in all_of_them.values():
            scope.callback(client.peer.close)
        wait_until(lambda: service.stats()['open'] == 1 + len(STATES), 'all are there')
        return all_of_them

    def ended(self, service, at_most_s):
        begun = time.monotonic()
        status = service.wait()
        self.assertLess(time.monotonic() - begun, at_most_s)
        self.assertEqual(status, 0, service.last_words())
        self.assertEqual(service.last_words()[-1], 'frames alive: 0')

    def check_books(self, service):
        """It came to its last line in good order: every transaction ended."""
        words = service.last_words()[0]
        self.assertIn('0 connections left', words)
        begun, committed, rolled_back = map(int, re.search(
            r'begun (\d+) = committed (\d+) \+ rolled back (\d+)', words).groups())
        self.assertEqual(begun, committed + rolled_back)

    def check_drained(self, state, got):
        wanted = STATES[state][3]
        if wanted == ['farewell']:
            self.assertTrue(got.endswith(b'event: farewell\ndata: the shop closes\n\n\r\n'
                                         b'0\r\n\r\n'), got[-80:])
            return
        told = answers(got)
        self.assertTrue(all(is_whole for _, is_whole in told), got[-200:])
        if wanted == ['whole']:
            self.assertGreater(len(told), 0)
            return
        self.assertEqual([status for status, _ in told], wanted)

    def test_sigterm_lets_every_state_finish(self):
        with contextlib.ExitStack() as scope:
            service = self.start(scope, drain_s=20)
            all_of_them = self.everyone(scope, service)
            service.process.send_signal(signal.SIGTERM)
            for client in all_of_them.values():
                client.go_on()
            for state, client in all_of_them.items():
                with self.subTest(state):
                    self.check_drained(state, client.finish())
            self.ended(service, 0.5)
            self.check_books(service)

    def test_the_second_sigint_ends_every_state_at_once(self):
        with contextlib.ExitStack() as scope:
            service = self.start(scope, drain_s=20)
            all_of_them = self.everyone(scope, service)
            service.interrupt()
            all_of_them['listens to events'].finish()  # so the first one was heard
            service.interrupt()
            self.ended(service, 0.5)
            self.check_nothing_pretends_to_be_whole(all_of_them)

    def test_the_deadline_ends_every_state(self):
        with contextlib.ExitStack() as scope:
            service = self.start(scope, drain_s=1)
            all_of_them = self.everyone(scope, service)
            service.process.send_signal(signal.SIGTERM)
            self.ended(service, 1.5)
            self.check_books(service)
            self.check_nothing_pretends_to_be_whole(all_of_them)

    def check_nothing_pretends_to_be_whole(self, all_of_them):
        """An answer that was cut can be told from a whole one; nobody has two."""
        for state, client in all_of_them.items():
            with self.subTest(state):
                told = answers(client.finish())
                self.assertTrue(all(is_whole for _, is_whole in told[:-1]), state)
                if client.wanted == [201]:
                    whole = [status for status, is_whole in told if is_whole]
                    self.assertIn(whole, ([], [201]), state)


if __name__ == '__main__':
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
