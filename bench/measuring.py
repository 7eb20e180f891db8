"""Runs one program of a row and gives what it cost, as {unit: figure}."""
import os
import pathlib
import re
import subprocess

PROGRAMS = pathlib.Path('build/release/bench')
COMPILER = ['clang++-19', '-std=c++20', '-O2', '-DNDEBUG', '-I.']
PATIENCE = 120  # seconds, for any one program
COUNTING = ['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null']


def program(name):
    return str(PROGRAMS / f'coil_bench_{name}')


def is_built(words):
    return os.access(program(words[0]), os.X_OK)


def is_countable(words):
    """Callgrind follows neither a thread that waits in io_uring, nor goroutines, nor the
    exec that makes nginx."""
    text = ' '.join(words)
    return ('uring' not in text and 'worker' not in text
            and not words[0].startswith(('go_', 'nginx_')))


def output_of(command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    if done.returncode != 0:
        raise RuntimeError(f'{" ".join(command)} failed: {done.stderr.strip()}')
    return done


def operation(row, words):
    """CPU time of the whole process, so other programs do not count."""
    name, argument = words
    took = output_of([program(name), argument, str(row.count), '3']).stdout
    return {'ns': float(took)}


def operation_instructions(row, words):
    """Per operation: the slope between two sizes, so that start and end do not count."""
    name, argument = words
    sizes = 10_000, 50_000
    totals = [collected(output_of([*COUNTING, program(name), argument, str(size), '1']).stderr)
              for size in sizes]
    return (totals[1] - totals[0]) / (sizes[1] - sizes[0])


def collected(report):
    return int(re.search(r'Collected : (\d+)', report)[1])


def compiling(row, words):
    source = f'bench/compile_time/{words[0]}.cpp'
    compiler = subprocess.Popen([*COMPILER, '-c', source, '-o', '/dev/null'])
    _, status, used = os.wait4(compiler.pid, 0)
    compiler.returncode = os.waitstatus_to_exitcode(status)
    if status != 0:
        raise RuntimeError(f'{source} does not compile')
    return {'s': used.ru_utime + used.ru_stime, 'MiB': used.ru_maxrss / 1024}


def memory(row, words):
    """Of one: the slope of the most memory ever used between two sizes."""
    name, argument = words
    sizes = row.count // 10, row.count
    peaks = [peak_of([program(name), argument, str(size), '1']) for size in sizes]
    return {'B': (peaks[1] - peaks[0]) / (sizes[1] - sizes[0])}


def peak_of(command):
    """Bytes resident when most were."""
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    if status != 0:
        raise RuntimeError(f'{" ".join(command)} failed')
    return used.ru_maxrss * 1024


def server(row, words):
    """CPU time of the server per request, under a load that runs on another processor."""
    processors = sorted(os.sched_getaffinity(0))
    with started([program(words[0]), *words[1:]], processors[0]) as serving:
        try:
            port = serving.stdout.readline().strip()
            with started(load(row, port, row.count), processors[-1]) as clients:
                return under_load(row, serving.pid, clients)
        finally:
            serving.kill()


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
    if len(answer) != 3:
        raise RuntimeError(f'the load on {row.name} failed')
    total, user, system = (later - earlier for later, earlier in zip(after, before))
    micro = total / row.count * 1e6
    return {'us': micro, 'user': micro * user / max(user + system, 1e-9),
            'p99': float(answer[2])}


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


def started(command, processor):
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                            preexec_fn=lambda: os.sched_setaffinity(0, {processor}))


def cpu_time(pid):
    """Seconds in all, exactly; in the program and in the kernel, as ticks saw it."""
    task = pathlib.Path(f'/proc/{pid}/task')
    exact = sum(int((thread / 'schedstat').read_text().split()[0])
                for thread in task.iterdir())
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
    ticks = os.sysconf('SC_CLK_TCK')
    return exact / 1e9, int(fields[11]) / ticks, int(fields[12]) / ticks


MEASURE = {'operation': operation, 'memory': memory, 'server': server, 'compile': compiling}
INSTRUCTIONS = {'operation': operation_instructions, 'server': server_instructions}
