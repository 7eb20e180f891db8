"""Runs one program of a row and gives what it cost, as {unit: figure}.

An `environment` of None is this program's own."""
import os
import pathlib
import re
import subprocess

PROGRAMS = pathlib.Path('build/release/bench')
COMPILER = ['clang++-19', '-std=c++20', '-O2', '-DNDEBUG', '-I.']
PATIENCE = 120  # seconds, for any one program
TWO_THREADS = 'two-threads'  # what a server of the two-threads rows is told
COUNTING = ['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null']


def program(name):
    return str(PROGRAMS / f'coil_bench_{name}')


def is_built(words):
    return os.access(program(words[0]), os.X_OK)


def is_countable(words):
    """Callgrind follows neither a thread that waits in io_uring, nor goroutines, nor the
    exec that makes nginx; of threads it runs one at a time, so two servers are not two."""
    text = ' '.join(words)
    return ('uring' not in text and TWO_THREADS not in words
            and not words[0].startswith(('go_', 'nginx_')))


def output_of(command, environment=None):
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE,
                          env=environment)
    if done.returncode != 0:
        raise RuntimeError(f'{" ".join(command)} failed: {done.stderr.strip()}')
    return done


def operation(row, words, environment):
    """CPU time of the whole process, so other programs do not count."""
    name, argument = words
    return {'ns': times(name, argument, row.count, environment)[0]}


def parallel(row, words, environment):
    """Wall time of the same work on one worker and on two."""
    name, argument = words
    return {unit: times(name, f'{workers}-{argument}', row.count, environment)[1]
            for unit, workers in (('on 1', 'worker'), ('on 2', 'two-workers'))}


def option(row, words, environment):
    """Wall time, as it is what most options are for, and CPU time, in microseconds."""
    cpu, wall = times(*words, row.count, environment)
    return {'wall': wall / 1000, 'cpu': cpu / 1000}


def times(name, argument, count, environment):
    """Nanoseconds of one operation: CPU time, wall time."""
    command = [program(name), argument, str(count), '3']
    return [float(figure) for figure in output_of(command, environment).stdout.split()]


def operation_instructions(row, words):
    """Per operation: the slope between two sizes, so that start and end do not count."""
    name, argument = words
    sizes = 10_000, 50_000
    totals = [collected(output_of([*COUNTING, program(name), argument, str(size), '1']).stderr)
              for size in sizes]
    return (totals[1] - totals[0]) / (sizes[1] - sizes[0])


def collected(report):
    return int(re.search(r'Collected : (\d+)', report)[1])


def compiling(row, words, environment):
    source = f'bench/compile_time/{words[0]}.cpp'
    compiler = subprocess.Popen([*COMPILER, '-c', source, '-o', '/dev/null'])
    _, status, used = os.wait4(compiler.pid, 0)
    compiler.returncode = os.waitstatus_to_exitcode(status)
    if status != 0:
        raise RuntimeError(f'{source} does not compile')
    return {'s': used.ru_utime + used.ru_stime, 'MiB': used.ru_maxrss / 1024}


def memory(row, words, environment):
    """Of one: the slope of the most memory ever used between two sizes."""
    name, argument = words
    sizes = row.count // 10, row.count
    peaks = [peak_of([program(name), argument, str(size), '1'], environment)
             for size in sizes]
    return {'B': (peaks[1] - peaks[0]) / (sizes[1] - sizes[0])}


def peak_of(command, environment):
    """Bytes resident when most were."""
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    if status != 0:
        raise RuntimeError(f'{" ".join(command)} failed')
    return used.ru_maxrss * 1024


def server(row, words, environment):
    """CPU time of the server per request, under a load that runs on the last processor."""
    command = [program(words[0]), *words[1:]]
    with started(command, server_processors(row), environment) as serving:
        try:
            port = serving.stdout.readline().strip()
            with started(load(row, port, row.count), load_processor()) as clients:
                return under_load(row, serving.pid, clients)
        finally:
            serving.kill()


def server_processors(row):
    """One for each of its threads."""
    return sorted(os.sched_getaffinity(0))[:row.threads]


def load_processor():
    return sorted(os.sched_getaffinity(0))[-1:]


def processors_described(rows):
    """Which processors servers and load have; nothing if no row is a server's."""
    placed = {row.threads: server_processors(row) for row in rows if row.kind == 'server'}
    words = [f'a server of {threads} thread{"s" * (threads > 1)} on {listed(where)}'
             for threads, where in sorted(placed.items())]
    return ', '.join([*words, f'the load on {listed(load_processor())}']) if words else ''


def listed(processors):
    return ' and '.join(map(str, processors))


def load(row, port, requests):
    return [program('load'), row.name.split('-')[0], port, str(row.connections), str(requests)]


def under_load(row, pid, clients):
    if clients.stdout.readline() != 'ready\n':
        raise RuntimeError(f'the load on {row.name} did not get ready')
    before = cpu_time(pid)
    clients.stdin.write('go\n')
    clients.stdin.flush()
    answer = clients.stdout.readline().split()
    after = cpu_time(pid)
    if len(answer) != 5:
        raise RuntimeError(f'the load on {row.name} failed')
    seconds, load_seconds, _, slow, slowest = map(float, answer)
    total, user, system = (later - earlier for later, earlier in zip(after, before))
    micro = total / row.count * 1e6
    return {'us': micro, 'user': micro * user / max(user + system, 1e-9),
            'rps': row.count / seconds, 'p99': slow, 'p99.9': slowest,
            'load': load_seconds / row.count * 1e6}


def server_instructions(row, words):
    """Per request, outside the kernel; of all requests a tenth more is the warm-up."""
    sizes = 5_000, 15_000
    totals = []
    for size in sizes:
        with subprocess.Popen([*COUNTING, program(words[0]), *words[1:]], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as serving:
            port = serving.stdout.readline().strip()
            try:
                subprocess.run(load(row, port, size), input='go\n', text=True, check=True,
                               stdout=subprocess.DEVNULL, timeout=PATIENCE)
            finally:
                serving.terminate()
            totals.append(collected(serving.communicate()[1]))
    return (totals[1] - totals[0]) / (sizes[1] - sizes[0]) / 1.1


def started(command, processors, environment=None):
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                            env=environment,
                            preexec_fn=lambda: os.sched_setaffinity(0, processors))


def cpu_time(pid):
    """Seconds in all, exactly; in the program and in the kernel, as ticks saw it."""
    task = pathlib.Path(f'/proc/{pid}/task')
    exact = sum(int((thread / 'schedstat').read_text().split()[0])
                for thread in task.iterdir())
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
    ticks = os.sysconf('SC_CLK_TCK')
    return exact / 1e9, int(fields[11]) / ticks, int(fields[12]) / ticks


MEASURE = {'operation': operation, 'parallel': parallel, 'option': option, 'memory': memory, 'server': server, 'compile': compiling}
INSTRUCTIONS = {'operation': operation_instructions, 'server': server_instructions}
