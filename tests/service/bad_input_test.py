#!/usr/bin/env python3
"""Bad input to the service: a clear answer, others are served, nothing acknowledged is lost.

    bad_input_test.py <service program> [test...]
"""
import contextlib
import json
import pathlib
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tools/acts'))
import clients  # noqa: E402
from service import Service, size_of, wait_until  # noqa: E402

PROGRAM = None
DISK_SIZE = '1m'
DRIPPERS = 50
PROBE_MAX_S = 1


class FilledFileSystem:
    """A small file system of its own, which needs the right to mount."""

    def __init__(self, folder, service):
        self.ballast = folder / 'ballast'

    @staticmethod
    def make(folder):
        done = subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={DISK_SIZE}', 'disk',
                               str(folder)], stderr=subprocess.DEVNULL, check=False)
        return done.returncode == 0

    def fill(self):
        with self.ballast.open('wb', buffering=0) as file:
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(4096))

    def free(self):
        self.ballast.unlink()


class FileSizeLimit:
    """Stands in where nothing can be mounted: no file may grow."""

    def __init__(self, folder, service):
        self.folder, self.service = folder, service

    def fill(self):
        self.service.limit_file_size(size_of(self.folder / 'orders.sqlite-wal'))

    def free(self):
        self.service.limit_file_size(1 << 40)


class BadInput(unittest.TestCase):
    def setUp(self):
        self.scope = contextlib.ExitStack()
        self.addCleanup(self.scope.close)
        self.folder = pathlib.Path(
            self.scope.enter_context(tempfile.TemporaryDirectory(prefix='coil-orders-')))
        self.database = self.folder / 'orders.sqlite'

    def start(self, **more):
        service = Service(PROGRAM, self.database, port=0, **more)
        return self.scope.enter_context(service)

    def run_to_its_end(self, *arguments):
        return subprocess.run([PROGRAM, *arguments], stdin=subprocess.DEVNULL, text=True,
                              capture_output=True, timeout=20, check=False)

    def stored_ids(self):
        with contextlib.closing(sqlite3.connect(self.database)) as db:
            self.assertEqual(db.execute('pragma integrity_check').fetchone(), ('ok',))
            return {row[0] for row in db.execute('select id from orders')}

    def place(self, service):
        """Its id if it was acknowledged, or None."""
        status, text = service.place()
        self.assertIn(status, (201, 503), text)
        return json.loads(text)['id'] if status == 201 else None

    # --- starting

    def test_a_taken_port_is_replaced_and_told(self):
        first = self.start()
        second = self.scope.enter_context(
            Service(PROGRAM, self.folder / 'second.sqlite', port=first.port))
        self.assertNotEqual(second.port, first.port)
        self.assertIn(f'port {first.port} is taken, so another one is used', second.lines)
        self.assertEqual(second.get('/health')[0], 200)

    def test_a_database_that_cannot_be_made_is_one_clear_error(self):
        ended = self.run_to_its_end('--port', '0', '--database', '/nowhere/orders.sqlite')
        self.assertEqual(ended.returncode, 1, ended)
        self.assertIn('/nowhere/orders.sqlite: unable to open database file', ended.stderr)

    def test_a_file_that_is_no_database_is_one_clear_error(self):
        self.database.write_bytes(b'this is a letter, not a database' * 64)
        ended = self.run_to_its_end('--port', '0', '--database', str(self.database))
        self.assertEqual(ended.returncode, 1, ended)
        self.assertIn('not a database', ended.stderr)

    def test_bad_options_are_refused_with_a_usage(self):
        for options in (['--port', '99999'], ['--port', 'http'], ['--prot', '80']):
            with self.subTest(options):
                ended = self.run_to_its_end(*options)
                self.assertNotEqual(ended.returncode, 0)
                self.assertIn('--help', ended.stdout + ended.stderr)

    # --- what is acknowledged is kept

    def test_a_full_disk_refuses_orders_and_loses_none(self):
        disk = self.folder / 'disk'
        disk.mkdir()
        is_mounted = FilledFileSystem.make(disk)
        if is_mounted:
            self.scope.callback(subprocess.run, ['umount', '--lazy', str(disk)], check=True)
        self.database = disk / 'orders.sqlite'
        service = self.start(ignored_signals=True)
        space = (FilledFileSystem if is_mounted else FileSizeLimit)(disk, service)
        taken = {self.place(service) for _ in range(20)}
        space.fill()
        status, text = wait_until(lambda: self.refusal(service, taken), 'the disk is full')
        self.assertEqual(status, 503)
        self.assertRegex(text, r'^not stored: .*(full|disk I/O error)')
        for path in ('/orders', '/stats', '/health', '/'):
            self.assertEqual(service.get(path)[0], 200, path)
        space.free()
        afterwards = {self.place(service) for _ in range(20)}
        self.assertNotIn(None, taken | afterwards)
        counts = service.stats()
        self.assertEqual(counts['begun'], counts['committed'] + counts['rolled_back'])
        self.assertEqual(service.end(), 0)
        self.assertEqual(self.stored_ids(), taken | afterwards)

    def refusal(self, service, taken):
        status, text = service.place()
        if status == 201:
            taken.add(json.loads(text)['id'])
        return (status, text) if status != 201 else None

    def test_a_killed_service_has_stored_what_it_acknowledged(self):
        service = self.start()
        taken = set()

        def order_until_it_is_gone():
            with contextlib.suppress(OSError):
                while True:
                    taken.add(self.place(service))
        customers = [threading.Thread(target=order_until_it_is_gone) for _ in range(8)]
        for customer in customers:
            customer.start()
        wait_until(lambda: len(taken) >= 50, '50 orders are taken')
        service.kill()
        for customer in customers:
            customer.join()
        self.assertLessEqual(taken, self.stored_ids())

    # --- what arrives

    def test_malformed_requests_are_400_and_others_are_served(self):
        service = self.start()
        for raw in (b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n',
                    b'GET / HTTP/1.1\r\n\r\n',
                    b'GET /\r\n\r\n',
                    b'GET / HTTP/1.1\r\nHost: a\r\nHost : b\r\n\r\n',
                    b'POST /orders HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n',
                    b'POST /orders HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n'
                    b'Transfer-Encoding: chunked\r\n\r\n{}'):
            with self.subTest(raw), clients.send(service, raw) as peer:
                self.assertEqual(clients.status_of(clients.receive_all(peer)), 400)
            self.assertEqual(service.get('/health')[0], 200)

    def test_a_body_that_is_no_order_is_400(self):
        service = self.start()
        for body in (b'', b'{', b'[]', b'{"item":1,"quantity":1}', b'{"item":"tea"}',
                     b'{"item":"tea","quantity":"many"}', b'\xff\xfe', b'[' * 100_000,
                     b'{"item":"tea","quantity":1,"card":7}'):
            with self.subTest(body[:40]):
                self.assertEqual(service.get('/orders', body)[0], 400)
        self.assertEqual(service.stats()['stored'], 0)

    def test_a_request_without_end_is_refused_by_its_size(self):
        service = self.start()
        for raw, status in ((b'GET /' + b'a' * 20_000, 414),
                            (b'GET / HTTP/1.1\r\nHost: a\r\nX: ' + b'a' * 30_000, 431),
                            (b'POST /orders HTTP/1.1\r\nHost: a\r\n'
                             b'Content-Length: 99999999\r\n\r\n', 413)):
            with self.subTest(raw[:20]), clients.send(service, raw) as peer:
                self.assertEqual(clients.status_of(clients.receive_all(peer)), status)

    def drip(self, service, seconds):
        """Heads that never end, a byte now and then; the longest time others waited."""
        peers = [self.scope.enter_context(
            clients.send(service, b'GET / HTTP/1.1\r\nHost: orders\r\nX: '))
            for _ in range(DRIPPERS)]
        begun = time.monotonic()
        longest = 0
        while time.monotonic() - begun < seconds:
            for peer in peers:
                with contextlib.suppress(ConnectionError):
                    peer.send(b'a')
            asked = time.monotonic()
            self.assertEqual(service.get('/health')[0], 200)
            longest = max(longest, time.monotonic() - asked)
            threading.Event().wait(0.25)
        return peers, longest

    def test_drippers_disturb_nobody(self):
        service = self.start()
        _, longest = self.drip(service, seconds=3)
        self.assertLess(longest, PROBE_MAX_S)

    def test_drippers_are_told_408_in_the_end(self):
        service = self.start()
        peers, _ = self.drip(service, seconds=11)
        wait_until(lambda: service.stats()['open'] == 1, 'the drippers are sent away', 2)
        answers = [clients.status_of(clients.receive_all(peer)) for peer in peers]
        self.assertEqual(answers, [408] * DRIPPERS)

    def test_a_client_that_does_not_read_disturbs_nobody(self):
        service = self.start()
        with socket.socket() as peer:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            peer.connect((service.host, service.port))
            peer.setblocking(False)
            with contextlib.suppress(BlockingIOError, ConnectionError):
                for _ in range(2000):
                    peer.send(clients.request_bytes('GET', '/'))
            before = service.memory_mib()
            for _ in range(20):
                self.assertEqual(service.get('/health')[0], 200)
            self.assertLess(service.memory_mib() - before, 8)
        self.assertEqual(service.settled()['in_flight'], 1)


if __name__ == '__main__':
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
