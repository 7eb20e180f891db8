#!/usr/bin/env python3
"""The plugin never crashes: fuzz.py <coil_check.so> [--seconds N] [--seed N]

Mutates the functions of the case files, token by token, takes back what the compiler does
not take, and has the plugin look at the rest. A crash that clang has without the plugin,
too, does not count. Another is kept under build/fuzz-found/coil-check, and the line that
shows it again is printed.
"""
import argparse
import itertools
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parent.parent
CHECKS = ROOT / 'plugin' / 'checks'
FOUND = ROOT / 'build' / 'fuzz-found' / 'coil-check'
TOKEN = re.compile(r'//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|#[^\n]*|\w+|'
                   r'->|::|&&|\|\||<<|[^\w\s]|\s+')
# What rules ask about most, so what they may take for granted.
WORDS = ('co_await', 'co_return', 'co_yield', 'return', 'auto', 'const', '&', '&&', '*',
         'std::move', 'static', 'this', '[&]', '[=]', '{}', '()', 'void', 'template <class T>',
         'mutable', 'for (;;)', 'if (true)', 'goto end;', 'try', 'catch (...)', 'throw',
         'new', 'delete', 'decltype(auto)', 'noexcept', 'sizeof', '...', '?', ':', ',')
AROUND = ('for (;;) {{ {} }}', 'if (true) {{ {} }}', 'try {{ {} }} catch (...) {{}}',
          'auto in = [&] {{ {} }};', 'co_await [&]() -> coil::task<> {{ {} co_return; }}();',
          'auto in = [=](auto x) -> coil::task<> {{ {} co_return; }}; co_await in(1);',
          'do {{ {} break; }} while (false);', 'again: {} goto again;',
          'struct local {{ coil::task<> f() {{ {} co_return; }} }};',
          'switch (1) {{ case 1: {} }}', '({{ {} }});', '{{ {} }}')
SECONDS_MAX = 60  # for one file
ROUNDS_MAX = 6
CRASHES_MAX = 5


def pieces_of(path):
    """The top-level pieces of a file: what blank lines part."""
    return re.split(r'\n{2,}', path.read_text())


def mutate_statements(piece, chance):
    """Deletes, doubles or swaps statements, which compiles more often than not."""
    lines = piece.split('\n')
    ends = [at for at, line in enumerate(lines)
            if line.startswith('    ') and line.rstrip().endswith((';', '}'))]
    if not ends:
        return mutate_tokens(piece, chance)
    at, other = chance.choice(ends), chance.choice(ends)
    how = chance.randrange(4)
    if how == 0:
        del lines[at]
    elif how == 1:
        lines.insert(other, lines[at])
    elif how == 2:
        lines[at], lines[other] = lines[other], lines[at]
    else:
        lines[at] = chance.choice(AROUND).format(lines[at].strip())
    return '\n'.join(lines)


def mutate_tokens(piece, chance):
    tokens = TOKEN.findall(piece)
    code = [at for at, token in enumerate(tokens)
            if not token.isspace() and not token.startswith(('#', '//'))]
    if not code:
        return piece
    names = [at for at in code if re.match(r'[a-z]\w*$', tokens[at])]
    at, other = chance.choice(code), chance.choice(code)
    how = chance.randrange(6)
    if how < 2 and names:  # one name for another
        tokens[chance.choice(names)] = tokens[chance.choice(names)]
    elif how < 3:
        tokens[at] = ' '
    elif how < 4:
        tokens[at], tokens[other] = tokens[other], tokens[at]
    elif how < 5:
        tokens[at] = f'{tokens[at]} {tokens[at]}'
    else:
        tokens[at] = f'{tokens[at]} {chance.choice(WORDS)} '
    return ''.join(tokens)


def mutate(piece, chance):
    """Mostly inside of a body: others depend on what is declared."""
    head, opening, body = piece.partition('{\n')
    is_body = opening and not re.match(r'(struct|class|template|namespace)\b', head)
    if chance.random() < 0.05:
        head, opening, body = '', '', piece
    elif not is_body:
        return piece
    for _ in range(chance.choice((1, 1, 2))):
        way = mutate_statements if chance.random() < 0.7 else mutate_tokens
        changed = way(body, chance)
        # Others' errors would hide whose fault a lost brace is.
        body = changed if balance(changed) == balance(body) else body
    return head + opening + body


def balance(text):
    return text.count('{') - text.count('}'), text.count('(') - text.count(')')


def mutated(pieces, strangers, chance):
    """Most of the pieces mutated, and some of another file among them."""
    result = []
    for piece in pieces:
        if '#include' not in piece and chance.random() < 0.8:
            piece = mutate(piece, chance)
        result.append(piece)
    for _ in range(chance.randrange(2)):
        at = chance.randrange(len(result))
        result[at] += '\n' + mutate(chance.choice(strangers), chance)
    return result


LANGUAGE = ['clang++-19', '-std=c++20', '-I', str(ROOT), '-w']


def headers():
    """All that the cases include: what comes from another file may need it, too."""
    text = ''.join(path.read_text() for path in sorted(CHECKS.glob('*_test.cpp')))
    return ''.join(f'{each}\n' for each in
                   sorted(set(re.findall(r'^#include <.*>$', text, re.MULTILINE))))


def precompile(folder):
    source = pathlib.Path(folder, 'all.hpp')
    source.write_text(headers())
    subprocess.run([*LANGUAGE, '-xc++-header', source, '-o', f'{folder}/all.pch'],
                   check=True)
    LANGUAGE.extend(['-include-pch', f'{folder}/all.pch'])


def compile_it(source, *more):
    """(whether it crashed or hung, its output)"""
    command = [*LANGUAGE, '-fsyntax-only', '-fno-crash-diagnostics', '-ferror-limit=0',
               *more, '-xc++', '-']
    try:
        done = subprocess.run(command, input=source, capture_output=True, text=True,
                              timeout=SECONDS_MAX)
    except subprocess.TimeoutExpired:
        return True, 'no end'
    is_crash = done.returncode not in (0, 1) or 'PLEASE submit a bug' in done.stderr
    return is_crash, done.stderr


def with_errors(pieces, output):
    """Which pieces the compiler complains of."""
    lines = {int(number) for number in re.findall(r'^<stdin>:(\d+):\d+: (?:fatal )?error:',
                                                  output, re.MULTILINE)}
    found, first = set(), 1
    for at, piece in enumerate(pieces):
        end = first + piece.count('\n') + 1
        if any(first <= line <= end for line in lines):
            found.add(at)
        first = end + 1
    return found


def mutant(number, seed):
    """(source, how many of its pieces are mutated), or None if nothing compiles."""
    chance = random.Random(f'{seed} {number}')
    files = sorted(CHECKS.glob('*_test.cpp'))
    pieces = pieces_of(chance.choice(files))
    now = mutated(pieces, pieces_of(chance.choice(files)), chance)
    for _ in range(ROUNDS_MAX):
        is_crash, output = compile_it('\n\n'.join(now))
        if is_crash:
            return None
        wrong = with_errors(now, output)
        if 'error:' not in output:
            changed = sum(one != other for one, other in zip(pieces, now))
            return '\n\n'.join(now), changed
        mutants = {at for at in range(len(now)) if now[at] != pieces[at]}
        # Others may not compile because of what is declared by some of them.
        for at in wrong & mutants or sorted(mutants)[number % 2::2] or mutants:
            now[at] = pieces[at]
    return None


def try_one(plugin, number, seed):
    """(how many mutated functions the plugin saw, what is to be said of a crash)"""
    made = mutant(number, seed)
    if made is None:
        return 0, ''
    source, changed = made
    is_crash, output = compile_it(source, f'-fplugin={plugin}',
                                  '-fplugin-arg-coil_check-all=error')
    if not is_crash:
        return changed, ''
    FOUND.mkdir(parents=True, exist_ok=True)
    kept = FOUND / f'{seed}-{number}.cpp'
    kept.write_text(headers() + source)
    return changed, (f'{kept.relative_to(ROOT)}: the plugin crashes; see: clang++-19 '
                     f'-std=c++20 -I. -fsyntax-only -fplugin={plugin} '
                     f'-fplugin-arg-coil_check-all=error {kept.relative_to(ROOT)}\n'
                     f'{output[-3000:]}')


def main():
    parse = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parse.add_argument('plugin')
    parse.add_argument('--seconds', type=float, default=30)
    parse.add_argument('--seed', type=int, default=int(time.time()))
    asked = parse.parse_args()
    folder = tempfile.TemporaryDirectory()
    precompile(folder.name)
    end = time.monotonic() + asked.seconds
    seen, crashes = [], []
    numbers = itertools.count()

    def work(_):
        while time.monotonic() < end and len(crashes) < CRASHES_MAX:
            changed, crash = try_one(asked.plugin, next(numbers), asked.seed)
            seen.append(changed)
            if crash:
                crashes.append(crash)
                print(crash, flush=True)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(work, range(os.cpu_count())))
    print(f'coil-check: seed {asked.seed}, {sum(seen)} mutated functions in {len(seen)} '
          f'files, {len(crashes)} crashes')
    return bool(crashes) or sum(seen) == 0


if __name__ == '__main__':
    sys.exit(main())
