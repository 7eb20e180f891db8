#!/usr/bin/env python3
"""Runs the cases of coil-check: run_cases.py <coil_check.so> [<rule>...]

A case file, checks/<rule>_test.cpp or checks/<rule>_<part>_test.cpp, says on its lines
what is found there (`expected-error`), and nothing else may be. A page, checks/<rule>.md,
is a case as well: its `Before` gives exactly the text below it, its `After` no finding.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parent.parent
CHECKS = ROOT / 'plugin' / 'checks'
LINES_MAX = 12  # of one finding, as a reader sees it


def compile_command(plugin, *options):
    return ['clang++-19', '-std=c++20', '-I', str(ROOT), '-fsyntax-only',
            f'-fplugin={plugin}', '-Wno-unused', '-ferror-limit=0', *options]


def run(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    return done.stderr


def options_in(text):
    """`// plugin: cost=warning` in cases, `<!-- plugin: cost=warning -->` in a page."""
    chosen = re.findall(r'^(?://|<!--) plugin: (\S+)(?: -->)?$', text, re.MULTILINE)
    return [f'-fplugin-arg-coil_check-{each}' for each in chosen]


def check_cases(plugin, path):
    """What is wrong with a case file, as text; empty if nothing is."""
    return run(compile_command(plugin, *options_in(path.read_text()), '-Xclang',
                               '-verify', '-Xclang', '-verify-ignore-unexpected=note',
                               str(path)), ROOT)


def section(text, title):
    """The code and the output in one section of a page."""
    part = re.search(rf'^## {title}\n(.*?)(?=^## |\Z)', text, re.MULTILINE | re.DOTALL)
    blocks = dict(re.findall(r'^```(cpp|text)\n(.*?)^```', part[1] if part else '',
                             re.MULTILINE | re.DOTALL))
    return blocks.get('cpp'), blocks.get('text')


def check_page(plugin, path):
    text, wrong = path.read_text(), []
    for title in ('Flags', 'Why', 'Before', 'After', 'Silence'):
        if f'\n## {title}\n' not in text:
            wrong.append(f'it has no section "{title}"')
    rule = f'[coil-{path.stem}]'
    options = options_in(text)
    with tempfile.TemporaryDirectory() as folder:
        for title in ('Before', 'After'):
            code, wanted = section(text, title)
            if code is None:
                wrong.append(f'"{title}" has no ```cpp block')
                continue
            source = pathlib.Path(folder, title.lower() + '.cpp')
            source.write_text(code)
            seen = run(compile_command(plugin, *options, source.name), folder)
            seen = re.sub(r'^\d+ (error|warning)s?.* generated\.\n', '', seen,
                          flags=re.MULTILINE)
            if title == 'After' and seen:
                wrong.append(f'"After" is not right yet:\n{seen}')
            elif title == 'Before' and seen != wanted:
                wrong.append(f'"Before" gives another text:\n{seen}')
            elif title == 'Before' and (rule not in seen or
                                        len(seen.splitlines()) > LINES_MAX):
                wrong.append(f'"Before" shows one {rule} in at most {LINES_MAX} lines')
    return '\n'.join(wrong)


def cases(rules):
    """All case files and pages, or those of the rules named."""
    for path in sorted(CHECKS.iterdir()):
        stem = path.stem.replace('-', '_')
        is_asked = not rules or any(f'{stem}_'.startswith(each.replace('-', '_') + '_')
                                    for each in rules)
        if is_asked and path.name.endswith('_test.cpp'):
            yield check_cases, path
        if is_asked and path.suffix == '.md':
            yield check_page, path


def main(plugin, *rules):
    plugin = pathlib.Path(plugin).resolve()
    found = list(cases(rules))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        verdicts = list(pool.map(lambda case: case[0](plugin, case[1]), found))
    failed = [(path, wrong) for (_, path), wrong in zip(found, verdicts) if wrong]
    for path, wrong in failed:
        print(f'{path.relative_to(ROOT)}: not as expected\n{wrong}')
    print(f'{len(found) - len(failed)} of {len(found)} files are as expected')
    return bool(failed) or not found


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
