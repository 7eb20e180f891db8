#!/usr/bin/env python3
"""Runs the cases of coil-check: run_cases.py <way in> [<rule>...]

The way in is coil_check.so, coil_check_tidy.so or the program coil-check. A case file,
checks/<rule>_test.cpp or checks/<rule>_<part>_test.cpp, says on its lines what is found
there (`expected-error`), and nothing else may be. A page, checks/<rule>.md, is a case as
well: its `Before` gives exactly the text below it, its `After` no finding.

clang-tidy knows less, as it has no Sema: plugin/differs_in_clang_tidy.txt names the cases
in which it finds something else, and it must there.
"""
import collections
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
LANGUAGE = ['-std=c++20', '-I', str(ROOT)]
DIFFERING = ROOT / 'plugin' / 'differs_in_clang_tidy.txt'
CASE = re.compile(r'(?!//|#|template|\s)(?:.*?\W)?(\w+)\(')  # the line that names a function
EXPECTED = re.compile(r'expected-(error|warning)(?:@([+-]?)(\d+))?(?: (\d+)\+?)? ?'
                      r'\{\{(.*?)\}\}(?!\})')
FOUND = re.compile(r'^(?P<file>[^\s:]+):(?P<line>\d+):\d+: (?P<level>error|warning): '
                   r'(?P<text>.*)$', re.MULTILINE)


def run(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
    return done.stdout if 'clang-tidy' in command[0] else done.stderr


def options_in(text):
    """`// plugin: cost=warning` in cases, `<!-- plugin: cost=warning -->` in a page."""
    return re.findall(r'^(?://|<!--) plugin: (\S+)(?: -->)?$', text, re.MULTILINE)


def expected_in(text):
    """{line: [(level, text) of each finding]}"""
    found = collections.defaultdict(list)
    for number, line in enumerate(text.splitlines(), 1):
        for level, sign, distance, count, words in EXPECTED.findall(line):
            at = int(distance or 0)
            at = at if distance and not sign else number + (-at if sign == '-' else at)
            found[at] += [(level, words)] * int(count or 1)
    return found


def found_in(output, name):
    found = collections.defaultdict(list)
    for one in FOUND.finditer(output):
        if one['file'].endswith(name):
            found[int(one['line'])].append((one['level'], one['text']))
    return found


def is_as_expected(wanted, found):
    """Whether each finding of a line was expected there, and the other way round."""
    left = list(found)
    for level, words in wanted:
        fitting = [each for each in left if each[0] == level and words in each[1]]
        if not fitting:
            return False
        left.remove(fitting[0])
    return not left


class Plugin:
    """`clang++ -fplugin=coil_check.so`, which can compare by itself."""

    def __init__(self, path):
        self.path = path

    def command(self, source, options, *more):
        return ['clang++-19', *LANGUAGE, '-fsyntax-only', f'-fplugin={self.path}',
                '-Wno-unused', '-ferror-limit=0',
                *(f'-fplugin-arg-coil_check-{each}' for each in options), *more, source]

    def check_cases(self, path):
        """What is wrong with a case file, as text; empty if nothing is."""
        verify = '-Xclang -verify -Xclang -verify-ignore-unexpected=note'.split()
        return run(self.command(str(path), options_in(path.read_text()), *verify), ROOT)

    def output(self, source, options, folder):
        seen = run(self.command(source, options), folder)
        return re.sub(r'^\d+ (error|warning)s?.* generated\.\n', '', seen,
                      flags=re.MULTILINE)


class Tool(Plugin):
    """`coil-check <file> -- <arguments>`."""

    def command(self, source, options):
        arguments = [f'--rule={each}' if re.search('=(off|warning|error)$', each) else
                     f'--{each}' for each in options]
        return [str(self.path), *arguments, source, '--', *LANGUAGE, '-ferror-limit=0']

    def check_cases(self, path):
        text = path.read_text()
        wanted = expected_in(text)
        output = run(self.command(str(path), options_in(text)), ROOT)
        found = found_in(output, path.name)
        wrong = [f'{path.name}:{line}: expected {wanted[line]}, found {found[line]}'
                 for line in sorted({*wanted, *found})
                 if not self.is_as_expected(wanted[line], found[line])]
        return self.verdict(wrong, path, output)

    def is_as_expected(self, wanted, found):
        return is_as_expected(wanted, found)

    def verdict(self, wrong, path, output):
        return '\n'.join(wrong)

    def output(self, source, options, folder):
        return run(self.command(source, options), folder).replace(f'{folder}/', '')


class Tidy(Tool):
    """`clang-tidy -load coil_check_tidy.so`. It has no levels: to enable a rule is to
    hear of it, so those that are off by default are only enabled where a file asks."""

    def command(self, source, options):
        asked = dict(each.split('=', 1) for each in options if '=' in each)
        rules = {page.stem for page in CHECKS.glob('*.md')
                 if asked.get(page.stem, default_of(page)) != 'off'}
        futures = ';'.join(each.split('=', 1)[1] for each in options
                           if each.startswith('future='))
        return ['clang-tidy-19', '-load', str(self.path), '--quiet',
                '--checks=-*,' + ','.join(f'coil-{each}' for each in sorted(rules)),
                f'--config={{CheckOptions: {{Futures: "{futures}", '
                f'FrameBudget: "{asked.get("frame-budget", "")}"}}}}', source, '--',
                *LANGUAGE, '-w', '-ferror-limit=0']

    def is_as_expected(self, wanted, found):
        # It says each thing once, whatever the number of instances.
        def once(findings):
            return sorted({('', re.sub(r' \[coil-.*\]$', '', words))
                           for _, words in findings})
        wanted, found = once(wanted), once(found)
        return is_as_expected(wanted, found)

    def verdict(self, wrong, path, output):
        if 'clang-diagnostic-error' in output:
            return output
        known = {line.split()[1] for line in DIFFERING.read_text().splitlines()
                 if line.split()[0] == path.name}
        seen = {each: case_at(path.read_text(), int(each.split(':')[1])) for each in wrong}
        news = [f'{each}, in {case}' for each, case in seen.items() if case not in known]
        mended = [f'{path.name} {case}: no longer; drop it from {DIFFERING.name}'
                  for case in sorted(known - set(seen.values()))]
        return '\n'.join(news + mended)


def case_at(text, number):
    """The function around a line."""
    for line in reversed(text.splitlines()[:number]):
        if named := CASE.match(line):
            return named[1]
    return ''


def default_of(page):
    return 'off' if '\nOff by default' in page.read_text() else 'on'


def section(text, title):
    """The code and the output in one section of a page."""
    part = re.search(rf'^## {title}\n(.*?)(?=^## |\Z)', text, re.MULTILINE | re.DOTALL)
    blocks = dict(re.findall(r'^```(cpp|text)\n(.*?)^```', part[1] if part else '',
                             re.MULTILINE | re.DOTALL))
    return blocks.get('cpp'), blocks.get('text')


def check_page(way, path):
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
            seen = way.output(source.name, options, folder)
            if title == 'After' and seen:
                wrong.append(f'"After" is not right yet:\n{seen}')
            elif title == 'Before' and rule not in seen:
                wrong.append(f'"Before" shows no {rule}')
            elif title == 'Before' and not isinstance(way, Tidy):
                if seen != wanted:
                    wrong.append(f'"Before" gives another text:\n{seen}')
                if len(seen.splitlines()) > LINES_MAX:
                    wrong.append(f'"Before" is over {LINES_MAX} lines long')
    return '\n'.join(wrong)


def cases(way, rules):
    """All case files and pages, or those of the rules named."""
    for path in sorted(CHECKS.iterdir()):
        stem = path.stem.replace('-', '_')
        is_asked = not rules or any(f'{stem}_'.startswith(each.replace('-', '_') + '_')
                                    for each in rules)
        if is_asked and path.name.endswith('_test.cpp'):
            yield way.check_cases, path
        if is_asked and path.suffix == '.md':
            yield lambda page: check_page(way, page), path


WAYS = {'coil_check.so': Plugin, 'coil_check_tidy.so': Tidy, 'coil-check': Tool}


def main(way, *rules):
    path = pathlib.Path(way).resolve()
    found = list(cases(WAYS[path.name](path), rules))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        verdicts = list(pool.map(lambda case: case[0](case[1]), found))
    failed = [(path, wrong) for (_, path), wrong in zip(found, verdicts) if wrong]
    for case, wrong in failed:
        print(f'{case.relative_to(ROOT)}: not as expected\n{wrong}')
    print(f'{path.name}: {len(found) - len(failed)} of {len(found)} files are as expected')
    return bool(failed) or not found


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
