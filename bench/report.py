#!/usr/bin/env python3
"""./x bench: measures rows side by side and prints their table; when all rows are
measured, docs/benchmarks.md gets it, too."""
import argparse
import collections
import contextlib
import datetime
import os
import pathlib
import platform
import re
import subprocess
import sys

import measuring
import peers
import tables
from rows import ROWS

DOCUMENT = pathlib.Path('docs/benchmarks.md')
BEGIN, END = '<!-- measured by ./x bench: begin -->', '<!-- measured by ./x bench: end -->'


def main():
    options = parse(sys.argv[1:])
    asked = [row for row in ROWS if row.name in options.rows or not options.rows]
    chosen = [peers.with_those_here(row) for row in asked]
    results = measure(chosen, options.rounds)
    text = described(options, asked) + '\n' + tables.described(chosen, results)
    print(text)
    if len(chosen) == len(ROWS):
        write(text)
        print(f'written: {DOCUMENT}', file=sys.stderr)


def parse(arguments):
    names = [row.name for row in ROWS]
    parser = argparse.ArgumentParser(
        prog='x bench', description='Measures coil beside hand-written floors, '
        'Boost.Asio/Beast, tokio, rayon, Go and nginx, interleaved in rounds, and quotes the '
        'least CPU time; of two workers the least wall time.',
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
    """{(row, peer): {unit: best figure}}, each round running every peer of every row."""
    results = collections.defaultdict(dict)
    for number in range(rounds):
        for row in chosen:
            say(f'round {number + 1} of {rounds}: {row.name}')
            for peer, words, environment in peers.variants(row):
                best = results[row.name, peer]
                for unit, figure in measuring.MEASURE[row.kind](row, words, environment).items():
                    better = max if unit in tables.MORE_IS_BETTER else min
                    best[unit] = better(figure, best.get(unit, figure))
    for row in chosen:
        if row.kind in measuring.INSTRUCTIONS:
            say(f'counting instructions: {row.name}')
            count_instructions(row, results)
    say('')
    return results


def count_instructions(row, results):
    """Who hangs under callgrind, as threads might, has none."""
    for peer, words in row.programs.items():
        if measuring.is_countable(words):
            with contextlib.suppress(subprocess.TimeoutExpired):
                results[row.name, peer]['Ir'] = measuring.INSTRUCTIONS[row.kind](row, words)


def say(text):
    if sys.stderr.isatty():
        print(f'\r\033[K{text}', end='', file=sys.stderr, flush=True)


# --- the document ---

def described(options, rows):
    model = re.search(r'model name\s*: (.*)', pathlib.Path('/proc/cpuinfo').read_text())
    command = ' '.join(['./x bench', *sys.argv[1:]])
    facts = {
        'machine': f'{model[1] if model else platform.machine()}, '
                   f'{os.cpu_count()} processors, Linux {platform.release()}',
        'compiler': output_of('clang++-19', '--version').splitlines()[0] +
                    ', `-O2 -DNDEBUG`; Boost 1.81',
        'others': peers.described(rows),
        'processors': measuring.processors_described(rows),
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
