#!/usr/bin/env python3
"""./x bench: measures rows side by side and prints their table; when all rows are
measured, docs/benchmarks.md gets it, too."""
import argparse
import collections
import datetime
import os
import pathlib
import platform
import re
import subprocess
import sys

import measuring
import peers
from rows import ROWS

DOCUMENT = pathlib.Path('docs/benchmarks.md')
BEGIN, END = '<!-- measured by ./x bench: begin -->', '<!-- measured by ./x bench: end -->'
COLUMNS = ('coil', 'floor', 'coil on io_uring', 'floor on io_uring', 'Asio', 'Asio callbacks',
           'tokio', 'Go', 'nginx')
RATIOS = ('floor', 'Asio', 'tokio')  # with one for every column nobody would read the table
FIGURE = {'operation': 'ns', 'memory': 'B', 'server': 'us', 'compile': 's'}  # what ratios are made of
SAID = {'ns': 'ns', 'Ir': 'Ir', 'us': 'µs', 'user': 'µs user', 'p99': 'µs p99', 's': 's',
        'MiB': 'MiB', 'B': 'B'}
SHOWN = {'operation': ('ns', 'Ir'), 'memory': ('B',), 'server': ('us', 'user', 'Ir', 'p99'),
         'compile': ('s', 'MiB')}
TITLES = {
    'operation': 'Operations: CPU time and instructions of one',
    'memory': 'Memory',
    'server': 'Servers: CPU time of the server per request, and its instructions '
              'outside the kernel; latency of the slowest hundredth',
    'compile': 'Compiling: CPU time and memory of the compiler',
}


def main():
    options = parse(sys.argv[1:])
    asked = [row for row in ROWS if row.name in options.rows or not options.rows]
    chosen = [peers.with_those_here(row) for row in asked]
    results = measure(chosen, options.rounds)
    text = described(options, asked) + '\n' + tables(chosen, results)
    print(text)
    if len(chosen) == len(ROWS):
        write(text)
        print(f'written: {DOCUMENT}', file=sys.stderr)


def parse(arguments):
    names = [row.name for row in ROWS]
    parser = argparse.ArgumentParser(
        prog='x bench', description='Measures coil beside hand-written floors, '
        'Boost.Asio/Beast, tokio, Go and nginx, interleaved in rounds, and quotes the least '
        'CPU time.',
        epilog='Rows: ' + ', '.join(names))
    parser.add_argument('rows', metavar='ROW', nargs='*', help='only these rows')
    parser.add_argument('--rounds', type=int, default=5, help='default: 5')
    parser.add_argument('--check', action='store_true', help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    for name in options.rows:
        if name not in names:
            parser.error(f"there is no row '{name}'; there are: {', '.join(names)}")
    if not 1 <= options.rounds <= 50:
        parser.error('--rounds takes 1 to 50')
    if options.check:
        sys.exit(0)
    return options


# --- measuring ---

def measure(chosen, rounds):
    """{(row, peer): {unit: least figure}}, each round running every peer of every row."""
    results = collections.defaultdict(dict)
    for number in range(rounds):
        for row in chosen:
            say(f'round {number + 1} of {rounds}: {row.name}')
            for peer, words in row.programs.items():
                least = results[row.name, peer]
                for unit, figure in measuring.MEASURE[row.kind](row, words).items():
                    least[unit] = min(figure, least.get(unit, figure))
    for row in chosen:
        if row.kind in measuring.INSTRUCTIONS:
            say(f'counting instructions: {row.name}')
            count = measuring.INSTRUCTIONS[row.kind]
            for peer, words in row.programs.items():
                if measuring.is_countable(words):
                    results[row.name, peer]['Ir'] = count(row, words)
    say('')
    return results


def say(text):
    if sys.stderr.isatty():
        print(f'\r\033[K{text}', end='', file=sys.stderr, flush=True)


# --- the document ---

def tables(chosen, results):
    text = ''
    for kind, title in TITLES.items():
        rows = [row for row in chosen if row.kind == kind]
        if not rows:
            continue
        columns = [peer for peer in COLUMNS if any(peer in row.programs for row in rows)]
        compared = [peer for peer in columns if peer in RATIOS]
        text += f'\n### {title}\n\n'
        text += line(['row', 'what', *columns, *(f'coil / {p}' for p in compared), 'target', ''])
        text += '|---' * (len(columns) + len(compared) + 4) + '|\n'
        for row in rows:
            figures = {peer: results.get((row.name, peer), {}) for peer in columns}
            text += line([f'`{row.name}`', row.title,
                          *(shown(kind, figures[peer]) for peer in columns),
                          *(ratio(kind, figures, peer) for peer in compared),
                          target(row), verdict(row, figures)])
    return text


def line(cells):
    return '| ' + ' | '.join(cells) + ' |\n'


def shown(kind, figures):
    return ', '.join(f'{rounded(unit, figures[unit])} {SAID[unit]}'
                     for unit in SHOWN[kind] if unit in figures) or '–'


def rounded(unit, figure):
    if unit in ('Ir', 'MiB', 'B', 'p99'):
        return f'{figure:.0f}'
    return f'{figure:.2f}' if figure < 10 else f'{figure:.1f}'


def ratio_of(unit, figures, peer):
    if unit not in figures['coil'] or unit not in figures[peer]:
        return None
    return figures['coil'][unit] / figures[peer][unit]


def ratio(kind, figures, peer):
    quotient = ratio_of(FIGURE[kind], figures, peer)
    return '–' if quotient is None else f'{quotient:.2f}'


def target(row):
    said = {'ratio': '× floor', 'Asio ratio': '× Asio', 'p99 ratio': '× floor’s p99',
            'io_uring ratio': '× floor, on io_uring'}
    return ', '.join(f'≤ {limit}{said[unit]}' if unit in said else f'≤ {limit} {SAID[unit]}'
                     for unit, limit in targets_here(row).items())


def targets_here(row):
    """Those of io_uring only where that may be asked."""
    return {unit: limit for unit, limit in row.targets.items()
            if unit != 'io_uring ratio' or 'coil on io_uring' in row.programs}


def verdict(row, figures):
    if not figures['coil']:
        return 'not measured'
    if 'Asio' in figures:
        figures['coil']['Asio ratio'] = ratio_of(FIGURE[row.kind], figures, 'Asio')
    if 'floor' in figures:
        figures['coil']['ratio'] = ratio_of(FIGURE[row.kind], figures, 'floor')
        figures['coil']['p99 ratio'] = ratio_of('p99', figures, 'floor')
    if figures.get('coil on io_uring'):  # to the same floor, which is on epoll
        figures['coil']['io_uring ratio'] = \
            figures['coil on io_uring']['us'] / figures['floor']['us']
    missed = [SAID.get(unit, unit) for unit, limit in targets_here(row).items()
              if figures['coil'].get(unit) is None or figures['coil'][unit] > limit]
    return f'**missed** ({", ".join(missed)})' if missed else 'met'


def described(options, rows):
    model = re.search(r'model name\s*: (.*)', pathlib.Path('/proc/cpuinfo').read_text())
    command = ' '.join(['./x bench', *sys.argv[1:]])
    facts = {
        'machine': f'{model[1] if model else platform.machine()}, '
                   f'{os.cpu_count()} processors, Linux {platform.release()}',
        'compiler': output_of('clang++-19', '--version').splitlines()[0] +
                    ', `-O2 -DNDEBUG`; Boost 1.81',
        'others': peers.described(rows),
        'commit': commit(),
        'command': f'`{command}`, {options.rounds} rounds',
        'date': f'{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC',
    }
    return ''.join(f'- {name}: {fact}\n' for name, fact in facts.items() if fact)


def commit():
    try:
        changed = output_of('git', 'status', '--porcelain', '--untracked-files=no',
                            'coil', 'bench')
        return output_of('git', 'rev-parse', '--short', 'HEAD').strip() + \
            (' with changes' if changed else '')
    except (OSError, subprocess.CalledProcessError):
        return 'unknown'


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def write(text):
    """Replaces what stands between the two marks; the rest is written by hand."""
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f'{before}{BEGIN}\n{text}{END}{after}')


if __name__ == '__main__':
    try:
        main()
    except (RuntimeError, OSError, subprocess.TimeoutExpired) as error:
        sys.exit(f'x bench: {error}')
