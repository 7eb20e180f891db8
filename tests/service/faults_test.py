#!/usr/bin/env python3
"""The system refuses the service something now and then: one connection may pay for it,
the others are served, and nobody spins.

    faults_test.py <service program> [test...]
"""
import contextlib
import os
import pathlib
import resource
import sys
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tools/acts'))
import clients  # noqa: E402
from service import Service, wait_until  # noqa: E402

PROGRAM = None
GET = clients.request_bytes('GET', '/health')
# Which call fails, when, how, and how many of ten clients may lose their connection.
FAULTS = [
    ('accept4', 'error=EMFILE:when=1..4', 0),
    ('accept4', 'error=ENFILE:when=2..5', 0),
    ('accept4', 'error=ENOMEM:when=1..4', 0),
    ('accept4', 'error=ENOBUFS:when=1..4', 0),
    ('accept4', 'error=ECONNABORTED:when=1..20', 0),
    ('accept4', 'error=EPERM:when=1..20', 0),
    ('epoll_ctl', 'error=ENOMEM:when=3..6', 4),
    ('epoll_ctl', 'error=ENOSPC:when=3..6', 4),
    ('recvfrom', 'error=ENOMEM:when=2..4', 3),
    ('recvfrom', 'error=EINTR:when=1..20', 0),
    ('sendto', 'error=ENOBUFS:when=2..4', 3),
    ('sendto', 'error=EINTR:when=1..20', 0),
    ('sendto', 'error=EPERM:when=1..3', 3),
    ('setsockopt', 'error=ENOMEM:when=5..7', 3),
    ('getpeername', 'error=ENOBUFS:when=1..3', 3),
    ('epoll_wait', 'error=EINTR:when=1..50', 0),
    ('epoll_pwait2', 'error=EINTR:when=1..50', 0),
    ('epoll_pwait2', 'error=ENOSYS', 0),  # an old kernel
    ('io_uring_setup', 'error=EPERM', 0),  # a container that forbids it
    ('io_uring_enter', 'error=EINTR:when=5..20', 0),
    ('io_uring_enter', 'error=EBUSY:when=5..20', 0),  # completions found no place
    ('io_uring_enter', 'error=EAGAIN:when=5..20', 0),
    ('io_uring_register', 'error=ENOMEM', 0),  # no memory may be locked
]


def wanted(how):
    """How many calls 'error=NAME:when=FIRST..LAST' makes fail."""
    first, last = how.rpartition('=')[2].split('..')
    return int(last) - int(first) + 1


def failed_calls(log):
    return log.read_text().count('(INJECTED)')


def is_answered(peer):
    with contextlib.suppress(OSError):
        peer.settimeout(5)
        peer.sendall(GET)
        answer = b''
        while not answer.endswith(b'ok\n') and (piece := peer.recv(4096)):
            answer += piece
        return b'200 OK' in answer
    return False


def lost_of_two(service):
    """Clients without an answer: the first lets the service wait while the other asks."""
    with clients.send(service, b'') as first, clients.send(service, b'') as second:
        return 2 - is_answered(second) - is_answered(first)


def processor_seconds(pid):
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


class Faults(unittest.TestCase):
    def setUp(self):
        self.scope = contextlib.ExitStack()
        self.addCleanup(self.scope.close)
        self.folder = pathlib.Path(
            self.scope.enter_context(tempfile.TemporaryDirectory(prefix='coil-faults-')))

    def start(self, scope, program):
        database = self.folder / f'{len(list(self.folder.iterdir()))}.sqlite'
        return scope.enter_context(Service(program, database, port=0))

    def failing(self, call, how):
        """The service with these faults; `strace -D` leaves it its own process id."""
        script = self.folder / f'{call}-{how[6:].replace(":", "-")}'
        io = 'auto' if call.startswith('io_uring') else 'epoll'
        script.write_text(f'#!/bin/sh\nexport COIL_IO={io}\n'
                          f'exec strace -D -f -qq -o {script}.calls -e trace={call} '
                          f'-e inject={call}:{how} "{PROGRAM}" "$@"\n')
        script.chmod(0o755)
        return script

    def test_a_call_that_fails_costs_one_connection_at_most(self):
        for call, how, may_be_lost in FAULTS:
            with self.subTest(f'{call}:{how}'), contextlib.ExitStack() as scope:
                script = self.failing(call, how)
                service = self.start(scope, script)
                calls = pathlib.Path(f'{script}.calls')
                lost = sum(lost_of_two(service) for _ in range(5))
                if may_be_lost:
                    self.assertEqual(failed_calls(calls), wanted(how))
                self.assertLessEqual(lost, may_be_lost)
                for _ in range(5):
                    self.assertEqual(service.get('/health'), (200, 'ok\n'))
                spent = processor_seconds(service.process.pid)
                self.assertLess(spent, 0.5)
                self.assertEqual(service.end(), 0, service.lines)
                wait_until(lambda: failed_calls(calls) > 0, 'it failed at all', 2)

    def test_without_descriptors_it_waits_and_takes_everyone_afterwards(self):
        for io in 'epoll', 'auto':
            with self.subTest(io), contextlib.ExitStack() as scope:
                self.run_out_of_descriptors(scope, io)

    def run_out_of_descriptors(self, scope, io):
        script = self.folder / f'with-{io}'
        script.write_text(f'#!/bin/sh\nCOIL_IO={io} exec "{PROGRAM}" "$@"\n')
        script.chmod(0o755)
        service = self.start(scope, script)
        pid = service.process.pid
        wait_until(lambda: service.stats()['open'] == 1, 'it is alone')
        before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        kept = scope.enter_context(clients.send(service, GET))
        kept.recv(4096)
        highest = max(int(name) for name in os.listdir(f'/proc/{pid}/fd'))
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (highest + 1, before[1]))
        came = [scope.enter_context(clients.send(service, GET)) for _ in range(20)]
        spent = processor_seconds(pid)
        begun = time.monotonic()
        while time.monotonic() - begun < 1:  # the one that is in is served meanwhile
            kept.sendall(GET)
            self.assertIn(b'200 OK', kept.recv(4096))
            threading.Event().wait(0.1)
        self.assertLess(processor_seconds(pid) - spent, 0.2)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
        for peer in came:
            self.assertIn(b'200 OK', peer.recv(4096))
        self.assertEqual(service.get('/health')[0], 200)


if __name__ == '__main__':
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
