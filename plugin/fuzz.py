#!/usr/bin/env python3
"""The plugin never crashes: fuzz.py <coil_check.so> [--seconds N] [--seed N]

Mutates the case files, token by token, and compiles them with the plugin. A mutant on
which clang crashes without the plugin, too, does not count. One that does is kept under
build/fuzz-found/coil-check, with the line that shows it again.
"""
import argparse
import itertools
import os
import pathlib
import random
import re
import subprocess
import sys
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
SECONDS_MAX = 60  # for one mutant


def case_files():
    files = {path: path.read_text() for path in sorted(CHECKS.glob('*_test.cpp'))}
    return files, [text for text in files.values()]


def functions(text):
    """The top-level pieces of a file: what blank lines part."""
    return re.split(r'\n{2,}', text)


def code_at(tokens, chance):
    """The place of a token that is neither a directive, a comment nor blank."""
    while True:
        at = chance.randrange(len(tokens))
        if not tokens[at].isspace() and not tokens[at].startswith(('#', '//')):
            return at


def mutate_tokens(text, chance):
    tokens = TOKEN.findall(text)
    if not any(not each.isspace() and not each.startswith(('#', '//')) for each in tokens):
        return text
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        at, other = code_at(tokens, chance), code_at(tokens, chance)
        how = chance.randrange(5)
        if how == 0 and len(tokens) > 20:
            tokens[at] = ' '
        elif how == 1:
            tokens[at], tokens[other] = tokens[other], tokens[at]
        elif how == 2:
            tokens[at] = f'{tokens[at]} {tokens[at]}'
        elif how == 3:
            tokens[at] = tokens[other]
        else:
            tokens[at] = f'{tokens[at]} {chance.choice(WORDS)}'
    return ''.join(tokens)


def mutant(number, seed):
    """A file with a few pieces mutated, and now and then one of another file in it. Few,
    because what does not compile at all is not checked at all."""
    chance = random.Random(f'{seed} {number}')
    files, texts = case_files()
    path = chance.choice(list(files))
    pieces = functions(files[path])
    for _ in range(chance.choice((1, 1, 2, 3))):
        at = chance.randrange(len(pieces))
        if chance.random() < 0.1:
            pieces.insert(at, chance.choice(functions(chance.choice(texts))))
        elif chance.random() < 0.05:
            del pieces[at]
        else:
            pieces[at] = mutate_tokens(pieces[at], chance)
        if not pieces:
            return files[path]
    return '\n\n'.join(pieces)


def compile_it(source, *more):
    """(whether it crashed or hung, its output)"""
    # Its own process, as clang's driver would try to tell the world of a crash; all
    # rules on; errors do not keep the rules from looking, as they do otherwise.
    command = ['clang++-19', '-std=c++20', '-I', str(ROOT), '-fsyntax-only', '-w',
               '-fno-crash-diagnostics', '-ferror-limit=0', *more, '-xc++', '-']
    try:
        done = subprocess.run(command, input=source, capture_output=True, text=True,
                              timeout=SECONDS_MAX)
    except subprocess.TimeoutExpired:
        return True, 'no end'
    is_crash = done.returncode not in (0, 1) or 'PLEASE submit a bug' in done.stderr
    return is_crash, done.stderr


def try_one(plugin, number, seed):
    """('fine', 'refused' by clang itself, 'crash'), and a text."""
    source = mutant(number, seed)
    is_crash, output = compile_it(source, f'-fplugin={plugin}',
                                  '-fplugin-arg-coil_check-all=error')
    if not is_crash:
        own = re.search(r'error: (?!.*\[coil-[a-z-]+\]$)', output, re.MULTILINE)
        return ('refused' if own else 'fine'), ''
    if compile_it(source)[0]:
        return 'refused', ''
    FOUND.mkdir(parents=True, exist_ok=True)
    kept = FOUND / f'{seed}-{number}.cpp'
    kept.write_text(source)
    return 'crash', (f'{kept.relative_to(ROOT)}: the plugin crashes; see: clang++-19 '
                     f'-std=c++20 -I. -fsyntax-only -fplugin={plugin} '
                     f'-fplugin-arg-coil_check-all=error {kept.relative_to(ROOT)}\n'
                     f'{output[-3000:]}')


def main():
    parse = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parse.add_argument('plugin')
    parse.add_argument('--seconds', type=float, default=30)
    parse.add_argument('--seed', type=int, default=int(time.time()))
    asked = parse.parse_args()
    end = time.monotonic() + asked.seconds
    counts = dict.fromkeys(('fine', 'refused', 'crash'), 0)
    numbers = itertools.count()

    def work(_):
        while time.monotonic() < end and counts['crash'] < 5:
            how, text = try_one(asked.plugin, next(numbers), asked.seed)
            counts[how] += 1
            if text:
                print(text, flush=True)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(work, range(os.cpu_count())))
    print(f'coil-check: seed {asked.seed}, {sum(counts.values())} mutants, '
          f'{counts["fine"]} of them checked, {counts["crash"]} crashes')
    return counts['crash'] > 0 or counts['fine'] == 0


if __name__ == '__main__':
    sys.exit(main())
