"""The acts of ./x run. Each number they print was measured a moment before."""
import contextlib
import os
import pathlib
import socket
import sqlite3
import time

import clients
from refused import REFUSED, refused
from service import Service, Trouble, expect, say, wait_until

SERVICE = 'examples/orders/service.hpp'
MAIN = 'examples/orders/main.cpp'
STORE = 'examples/orders/store.hpp'
CONNECTION = 'coil/http/detail/connection.cpp'
SHARED = 'coil/http/detail/shared_state.cpp'
LISTENERS = 10
VANISHING = 500
ROOM = 64  # requests in flight that the overloaded service grants
CROWD = 512
GROWTH_MAX_MIB = 64
P99_MAX_MS = 500
SPEED_UP_MIN = 1.6  # of two threads over one, where a request is computing
PROCESSORS_MIN = 1.8  # that must have been there for us, to expect that


class Stage:
    """Where the acts play: the program, and a folder for databases."""

    def __init__(self, program, folder):
        self.program = program
        self.folder = pathlib.Path(folder)
        self.started = 0

    def service(self, *options):
        self.started += 1
        self.database = self.folder / f'orders-{self.started}.sqlite'
        service = Service(self.program, self.database, *options)
        for line in service.lines:
            if 'taken' in line:
                say(f'the service: {line}')
        return service

    def stored_ids(self):
        """Read from the file itself, past the service."""
        with contextlib.closing(sqlite3.connect(self.database)) as db:
            return [row[0] for row in db.execute('select id from orders order by id')]

    @contextlib.contextmanager
    def listeners(self, service):
        """Pages that listen, all of them subscribed."""
        pages = [clients.Listener(service.url, self.folder / f'{self.started}-{n}.events')
                 for n in range(LISTENERS)]
        try:
            wait_until(lambda: service.stats()['pages'] == LISTENERS, 'every page listens')
            yield pages
        finally:
            for page in pages:
                page.leave()


def serve(stage):
    with stage.service() as service:
        say(f'ready in {service.ready_ms:.0f} ms at {service.url}')
        status, seconds, body = clients.curl_order(service.url, 'tea', 2)
        say(f'curl POST /orders  {status} in {seconds * 1000:.1f} ms: {body.strip()}')
        expect(status == 201, 'the order was not taken')
        for path in ('', 'orders', 'health'):
            status, seconds, body = clients.curl(service.url + path)
            say(f'curl GET /{path:<12} {status} in {seconds * 1000:.1f} ms, '
                f'{len(body.encode())} bytes')
            expect(status == 200, f'/{path} answered {status}')
        counts = service.stats()
        say(f"memory {service.memory_mib():.1f} MiB, frames alive {counts['frames']}")


def load(stage):
    script = clients.write_order_script(stage.folder)
    with stage.service() as service, stage.listeners(service) as pages:
        reads = clients.wrk(service.url + 'orders', connections=64, seconds=3)
        say(f'wrk, 64 connections: {reads.requests} reads, {reads.per_second:.0f} a second, '
            f'p99 {reads.p99}')
        posts = clients.wrk(service.url + 'orders', 32, 3, script)
        say(f'wrk, 32 connections: {posts.requests} orders, {posts.per_second:.0f} a second, '
            f'p99 {posts.p99}')
        taken = [clients.curl_order(service.url, 'cake', 3)[0] for _ in range(10)]
        say(f'curl: {taken.count(201)} of {len(taken)} orders taken')
        failed = reads.refused + reads.broken + posts.refused + posts.broken
        expect(failed == 0 and taken.count(201) == 10, f'{failed} requests of wrk failed')
        check_feed(stage, service, pages)


def check_feed(stage, service, pages):
    wait_until(lambda: service.stats()['open'] == 1 + LISTENERS, 'only the pages are left')
    stored = stage.stored_ids()
    with contextlib.suppress(Trouble):  # what is missing is told below
        wait_until(lambda: all(len(page.order_ids()) >= len(stored) for page in pages),
                   'every page has every event', 5)
    heard = [page.order_ids() for page in pages]
    whole = sum(ids == stored for ids in heard)
    say(f'{whole} of {len(pages)} pages heard all {len(stored)} stored orders, in order')
    counts = service.stats()
    say(f"committed {counts['committed']} = stored {counts['stored']}, "
        f"rolled back {counts['rolled_back']}")
    missing = sorted(set(stored) - set(heard[0]))[:5]
    expect(whole == len(pages), f'heard {[len(ids) for ids in heard]} of {len(stored)} '
                                f'orders; the first page misses {missing}')
    check_books(counts)


def check_books(counts):
    expect(counts['begun'] == counts['committed'] + counts['rolled_back'],
           f"begun {counts['begun']} is not committed {counts['committed']} + "
           f"rolled back {counts['rolled_back']}")
    expect(counts['stored'] == counts['committed'],
           f"stored {counts['stored']}, but committed {counts['committed']}")


def vanish(stage):
    with stage.service() as service:
        service.place()
        before = service.settled()
        say(f"before: frames alive {before['frames']}, stored {before['stored']}")
        peers = clients.send_slow_orders(service, VANISHING)
        busy = wait_until(lambda: all_in_flight(service, VANISHING, before),
                          'all orders are in flight')
        say(f"{busy['in_flight'] - 1} orders in flight, frames alive {busy['frames']}, "
            f"{busy['begun'] - before['begun']} of them writing")
        left = time.monotonic()
        for peer in peers:
            peer.close()
        after = service.settled()
        say(f"{after['vanished'] - before['vanished']} clients gone, noticed within "
            f'{(time.monotonic() - left) * 1000:.0f} ms')
        # The system lets go of a socket a moment after it was closed.
        after = wait_until(lambda: those_of(service, before['frames']),
                           f"{before['frames']} frames are alive, as before")
        say(f"begun {after['begun']} = committed {after['committed']} + rolled back "
            f"{after['rolled_back']}; stored {after['stored']} = committed")
        say(f"frames alive: {before['frames']} before, {after['frames']} after")
        check_books(after)
        ended = sum(after[way] - before[way] for way in ('vanished', 'committed'))
        expect(ended == VANISHING, f'only {ended} clients were heard of again')
        status = service.place()[0]
        say(f'the next order: {status}')
        expect(status == 201, 'the right to write was lost')


def those_of(service, frames):
    """Its counts once so many frames are alive."""
    counts = service.stats()
    return counts if counts['frames'] == frames else None


def all_in_flight(service, count, before):
    """Its counts once `count` orders came; on a slow machine some are done by then."""
    counts = service.stats()
    come = counts['in_flight'] - 1 + counts['committed'] - before['committed']
    return counts if come == count else None


def overload(stage):
    with stage.service('--in-flight', str(ROOM)) as service:
        service.place()
        before = service.memory_mib()
        with clients.Probe(service, '/orders') as probe:
            report = clients.wrk(service.url + 'orders', CROWD, seconds=4)
        counts = service.stats()
        accepted = report.requests - report.refused
        say(f'wrk, {CROWD} connections on room for {ROOM}: {report.requests} answered, '
            f'of them {report.refused} shed with 503, {accepted} served')
        p99_ms = probe.percentile_ms(99)
        say(f'one more client, when let in: p50 {probe.percentile_ms(50):.1f} ms, p99 '
            f"{p99_ms:.1f} ms, of {len(probe.times)}; at most {counts['in_flight_peak']} at once")
        service.settled()
        peak, after = service.memory_mib('VmHWM'), service.memory_mib()
        say(f'memory: {before:.1f} MiB before, {peak:.1f} at its peak, {after:.1f} after')
        status, seconds, _ = clients.curl(service.url + 'health')
        say(f'curl GET /health afterwards: {status} in {seconds * 1000:.1f} ms')
        expect(report.refused > 0 and accepted > 0, 'nothing was shed, or nothing served')
        expect(counts['shed'] >= report.refused, f"the service counts {counts['shed']}")
        expect(counts['in_flight_peak'] <= ROOM, 'more were let in than there is room for')
        expect(p99_ms < P99_MAX_MS, f'who was let in waited over {P99_MAX_MS} ms')
        expect(peak - before < GROWTH_MAX_MIB, f'it grew by over {GROWTH_MAX_MIB} MiB')
        expect(status == 200, '/health does not answer')


def ctrl_c(stage):
    with stage.service() as service, stage.listeners(service) as pages:
        before = service.stats()
        peers = clients.send_slow_orders(service, 1)
        wait_until(lambda: service.stats()['begun'] == 1, 'the slow order is being written')
        order = clients.request_bytes('POST', '/orders', b'{"item":"tea","quantity":1}')
        peers += [clients.send(service, order) for _ in range(7)]
        busy = wait_until(lambda: all_in_flight(service, len(peers), before),
                          'all orders are in flight')
        say(f"{busy['pages']} pages listen, {busy['in_flight'] - 1} orders are in flight; "
            'Ctrl-C')
        struck = time.monotonic()
        service.interrupt()
        told = sum(page.wait() == 0 and page.was_told_farewell() for page in pages)
        say(f'{told} of {len(pages)} pages were told farewell, their streams ended whole')
        refused = is_refused(service)
        say('a newcomer is ' + ('refused' if refused else 'let in'))
        answers = [clients.status_of(clients.receive_all(peer)) for peer in peers]
        status = service.wait()
        say(f'{answers.count(201)} of {len(answers)} orders were finished and answered 201')
        say(f'it ended {time.monotonic() - struck:.1f} s after Ctrl-C, status {status}')
        for line in service.last_words():
            say(f'the service: {line}')
        stored = len(stage.stored_ids())
        say(f'in the database: {stored} orders')
        expect(told == len(pages), 'some pages were not told')
        expect(refused, 'it still accepts after Ctrl-C')
        expect(answers.count(201) == stored == len(peers), f'answers: {answers}')
        printed = '\n'.join(service.lines)
        expect(status == 0 and 'frames alive: 0' in printed, f'frames leaked: {printed}')


def idle_seconds():
    """Of all processors, since the machine began."""
    fields = pathlib.Path('/proc/stat').read_text().splitlines()[0].split()
    return int(fields[4]) / os.sysconf('SC_CLK_TCK')


def two_threads(stage):
    rates, there_for_us = {}, {}
    for path in ('digest?tea', 'health'):
        for threads in (1, 2):
            with stage.service('--threads', str(threads)) as service:
                before = service.processor_seconds(), idle_seconds(), time.monotonic()
                report = clients.wrk(service.url + path, connections=16, seconds=3)
                used = service.processor_seconds() - before[0] + idle_seconds() - before[1]
                there_for_us[path, threads] = used / (time.monotonic() - before[2])
                failed = report.refused + report.broken
                expect(failed == 0, f'{failed} requests of wrk failed')
                rates[path, threads] = report.per_second
                say(f'wrk GET /{path:<10} with --threads {threads}: '
                    f'{report.per_second:.0f} a second, p99 {report.p99}; '
                    f'wrk took {report.processor_share * 100:.0f} % of a processor')
                service.settled()
                expect(service.end() == 0, 'frames leaked')
        say(f'two threads against one: {rates[path, 2] / rates[path, 1]:.2f} times as many')
    speed_up = rates['digest?tea', 2] / rates['digest?tea', 1]
    if there_for_us['digest?tea', 2] < PROCESSORS_MIN:
        say(f"others use this machine, too: only {there_for_us['digest?tea', 2]:.1f} processors "
            'were there for two threads, so no speed-up is expected')
        return
    expect(speed_up >= SPEED_UP_MIN, f'two threads compute only {speed_up:.2f} times as much')


def is_refused(service):
    try:
        socket.create_connection((service.host, service.port), timeout=5).close()
    except ConnectionError:
        return True
    return False


ACTS = [
    ('serve', serve,
     [(MAIN, 'server.serve('), (SERVICE, 'coil::http::layers('),
      (SERVICE, 'coil::task<response> route(')]),
    ('load by real clients', load,
     [(SERVICE, 'feed_.publish('), (SERVICE, 'coil::generator<std::string> subscribe('),
      (STORE, 'coil::blocking(')]),
    (f'{VANISHING} clients vanish mid-request', vanish,
     [(CONNECTION, 'peer_.wait_closed();'), (STORE, 'turn_.receive()'),
      (SERVICE, 'coil::with('), (STORE, 'coil::task<> async_drop()')]),
    ('overload', overload,
     [(SHARED, 'requests_in_flight_max'), (MAIN, 'requests_in_flight_max'),
      ('coil/http/server_stats.hpp', 'in_flight_peak')]),
    ('two threads', two_threads,
     [(MAIN, 'coil::multi_thread_runtime'), (SERVICE, 'static std::string digest('),
      (SERVICE, 'std::mutex mutex_')]),
    ('Ctrl-C', ctrl_c,
     [(MAIN, 'stop_on_signals'), (SERVICE, 'closing.wait()'), (SERVICE, 'farewell'),
      ('coil/http/server.cpp', 'limits_.drain_timeout')]),
    ('what does not compile', refused,
     [('plugin/core/rules.cpp', f'&{rule},') for rule in REFUSED.values()]),
]
