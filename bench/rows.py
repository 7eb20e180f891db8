"""The rows of `./x bench`: what is measured, how often, and what coil aims at."""
import ctypes
import dataclasses
import errno

from measuring import TWO_THREADS

PEERS = ('coil', 'floor', 'Asio')
RUNTIMES = ('coil', 'Asio', 'tokio', 'Go')
FORKING = ('coil', 'floor', 'tokio', 'rayon', 'Go')


@dataclasses.dataclass(frozen=True)
class Row:
    """One operation. `programs` says what each peer runs; `targets` gives limits:
    for `ns`, `on 1`, `on 2` (workers, in ns), `Ir`, `B`, `user` (microseconds) absolutely,
    for `ratio` (of the row's main figure) and `p99 ratio` to the floor, for `Asio ratio` to
    Asio, for `io_uring ratio` of coil on io_uring to the floor on epoll; for `speed-up` the
    least. Times mean little on another machine, so their targets are ratios wherever the
    row has a peer to hold to. `threads` is how many a server has."""
    name: str
    title: str
    kind: str
    count: int
    targets: dict
    programs: dict
    connections: int = 64
    threads: int = 1


def operation(name, title, count, targets, peers=PEERS):
    """A row of the programs <peer>_rows, measured in ns and instructions."""
    return Row(name, title, 'operation', count, targets,
               {peer: [f'{peer.lower()}_rows', name] for peer in peers})


def on_two_workers(name, title, count, targets, peers=RUNTIMES):
    """The rows worker-<name> and two-workers-<name> of those programs, by the clock."""
    return Row(f'two-workers-{name}', title, 'parallel', count, targets,
               {peer: [f'{peer.lower()}_rows', name] for peer in peers})


def option(name, title, count):
    """Work of option_rows as it usually runs, and where an option says otherwise."""
    return Row(f'option-{name}', title, 'option', count, {},
               {'coil': ['option_rows', f'{name}-told'], 'untold': ['option_rows', name]})


def compiled(name, title, limit, asio):
    """A file compiled; the floor is the one that includes <coroutine> alone."""
    return Row(name, title, 'compile', 1, {'ratio': limit},
               {'coil': [name.removeprefix('compile-')], 'floor': ['bare'], 'Asio': [asio]})


def servers(protocol):
    """Everybody's; coil's and the floor on epoll and, where it is allowed, on io_uring."""
    programs = {'coil': ['coil_server', protocol, 'epoll'],
                'floor': ['floor_server', protocol]}
    if is_uring_allowed():
        programs |= {'coil on io_uring': ['coil_server', protocol, 'uring'],
                     'floor on io_uring': ['uring_floor_server', protocol]}
    programs |= {peer: [f'{peer.lower()}_server', protocol] for peer in RUNTIMES[1:]}
    if protocol == 'http':
        programs['nginx'] = ['nginx_server', protocol]
    return programs


def is_uring_allowed():
    """Asks io_uring_setup for what it cannot give: it says so, if it may be asked."""
    io_uring_setup = 425
    system = ctypes.CDLL(None, use_errno=True)
    system.syscall(io_uring_setup, 1, None)
    return ctypes.get_errno() == errno.EFAULT


ROWS = [
    operation('await', 'await a child that ends at once, not inlinable',
              2_000_000, {'ratio': 1.25, 'Ir': 75}),
    operation('await-inline', 'the same, inlinable',
              2_000_000, {'ratio': 1.47}, ('coil', 'floor')),
    operation('recursion', 'recursion 100 deep, per level',
              2_000_000, {'ratio': 1.25}),
    operation('generator', 'async generator, one item',
              5_000_000, {'ratio': 1.16, 'Ir': 40}, ('coil', 'floor')),
    operation('spawn-join', 'spawn a ready child in a group of its own, join it',
              500_000, {'Asio ratio': 0.05, 'Ir': 200}, RUNTIMES),
    operation('spawn-1000', 'spawn 1000 into a group, join all, per child',
              500_000, {'ns': 40}, RUNTIMES),
    operation('yield', 'yield, one strand',
              1_000_000, {'Asio ratio': 0.15}, RUNTIMES),
    operation('timer', 'create a timer, arm it, cancel it',
              500_000, {'Asio ratio': 0.013}, (*PEERS, 'tokio', 'Go')),
    operation('timer-rearm', 're-arm one of 10,000 timers',
              500_000, {'ns': 20}, (*PEERS, 'tokio', 'Go')),
    operation('channel-buffered', 'an item through a channel with 64 places',
              2_000_000, {'Asio ratio': 0.036}, RUNTIMES),
    operation('channel-ping-pong', 'there and back over two channels with one place',
              500_000, {'Asio ratio': 0.07}, RUNTIMES),
    operation('mutex-local', 'lock and unlock a free mutex',
              2_000_000, {'ns': 3}, ('coil',)),
    operation('worker-spawn-join', 'spawn and join, on a worker of many threads',
              500_000, {'ns': 25}, RUNTIMES),
    operation('worker-spawn-1000', 'spawn 1000, join all, on a worker, per child',
              500_000, {'ns': 40}, RUNTIMES),
    operation('worker-yield', 'yield, on a worker',
              1_000_000, {'ns': 14}, RUNTIMES),
    operation('worker-channel-buffered', 'an item through 64 places, on a worker',
              2_000_000, {'ns': 20}, (*RUNTIMES, 'floor')),
    operation('worker-channel-ping-pong', 'there and back, on a worker',
              500_000, {'ns': 60}, (*RUNTIMES, 'floor')),
    operation('worker-mutex', 'lock and unlock a free mutex for any thread',
              2_000_000, {'ns': 12}, ('coil', 'floor', 'tokio', 'Go')),
    on_two_workers('spawn-1000', 'spawn 1000, join all, per child',
                   500_000, {'on 2': 42}, (*RUNTIMES, 'rayon')),
    on_two_workers('channel-ping-pong', 'there and back over two channels',
                   200_000, {'on 2': 150}, (*RUNTIMES, 'floor')),
    on_two_workers('compute', 'fork 64 that compute for 20 µs each, join all, per child',
                   3_200, {'speed-up': 1.95}, (*RUNTIMES, 'floor', 'rayon')),
    on_two_workers('fork-join', 'Fibonacci number 27, a task for each call, per task',
                   635_621, {'on 1': 14, 'speed-up': 1.95}, FORKING),
    option('woken-cached', '`runs_woken_next = false`: 500 pairs hand 32 KiB to and fro',
           20_000),
    option('woken-computes', '`runs_woken_next = false`: two workers, each strand wakes '
           'one and computes for 20 µs', 6_400),
    option('budget-waits', '`budget = 16`: a turn beside ten strands that never wait', 100),
    option('budget-passes', '`budget = 16`: an item through a channel with 1,024 places',
           2_000_000),
    option('pins-alone', '`pins_threads`: 20 µs of work on one of two workers', 6_400),
    option('pins-crowded', '`pins_threads`: the same beside a thread that computes', 6_400),
    option('timers-many', '`timer_resolution = 1ms`: a sleep of 1 to 2 ms, of 100 at a time',
           10_000),
    option('timers-alone', '`timer_resolution = 1ms`: a sleep of 0.2 ms', 500),
    option('blocking-waits', '`blocking_threads_max = 64`: a call that blocks for 1 ms, of '
           '64 at a time', 1_280),
    option('blocking-computes', '`blocking_threads_max = 64`: a call that computes for 20 µs',
           6_400),
    Row('sleeping', 'memory of a sleeping task, of 1,000,000', 'memory', 1_000_000, {'B': 160},
        {peer: [f'{peer.lower()}_rows', 'sleeping'] for peer in RUNTIMES}),
    Row('echo', 'TCP echo of 64 bytes, 64 connections', 'server', 100_000,
        {'ratio': 1.03, 'io_uring ratio': 1, 'user': 0.8, 'p99 ratio': 1},
        {**servers('echo'), 'Asio callbacks': ['asio_server', 'echo-callbacks']}),
    Row('http', 'HTTP/1.1 hello, 64 connections', 'server', 100_000,
        {'ratio': 1.05, 'io_uring ratio': 0.95, 'user': 1.6, 'p99 ratio': 1},
        servers('http')),
    Row('http-two-threads', 'HTTP/1.1 hello, 64 connections, two threads', 'server', 100_000,
        {}, {peer: [f'{peer.lower()}_server', 'http', TWO_THREADS]
             for peer in (*RUNTIMES, 'floor')}, threads=2),
    Row('echo-1000', 'TCP echo of 64 bytes, 1000 connections', 'server', 100_000,
        {'io_uring ratio': 0.93}, servers('echo'), 1000),
    Row('pipelined', 'HTTP/1.1 hello, 16 at a time, 64 connections', 'server', 400_000,
        {'ratio': 1.2}, servers('http')),
    compiled('compile-core', 'compile a hello with the core header', 3.5, 'asio'),
    compiled('compile-everything', 'compile a hello with every header', 8,
             'asio_and_beast'),
]
