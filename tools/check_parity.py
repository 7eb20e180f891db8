#!/usr/bin/env python3
"""How far parity goes: checks docs/parity.tsv and prints its counts by state.

A row is a number, a behaviour, a state and its evidence:
  holds    coil does it, and the tests named show it
  better   coil promises more than was asked for, and the tests named show it
  refused  the language or a law makes it inapplicable; the evidence says why
  later    not built yet; the evidence says which part it waits for
Tests are named `path:title`, cases that must not compile by their path; several are
joined by ` | `.
"""
import collections
import pathlib
import re
import sys

TABLE = 'docs/parity.tsv'
HEADER = ['number', 'behaviour', 'state', 'evidence']
COUNT = 343
SHOWN = ('holds', 'better')
SAID = ('refused', 'later')
BEHAVIOUR_MAX = 110
REASON_MAX = 100

STRING = r'"((?:[^"\\]|\\.)*)"'
TITLED = re.compile(
    rf'\b(?:TEST_CASE|COIL_TEST|COIL_ALIKE(?:_ON_CLANG)?)\(\s*((?:{STRING}\s*)+)')


def titles(source):
    """The titles of the tests in a source file, whole where they are split."""
    return {''.join(re.findall(STRING, match[1])) for match in TITLED.finditer(source)}


def check_test(root, named):
    """What is wrong with a test that is named as evidence, if anything."""
    path, _, title = named.partition(':')
    file = root / path
    if not path.endswith('.cpp') or not file.is_file():
        return f'there is no {path}'
    if path.startswith('tests/compile_fail/'):
        return f'{path} is a whole case: drop the title' if title else None
    if not title:
        return f'say which test of {path}'
    if title not in titles(file.read_text()):
        return f'{path} has no test "{title}"'
    return None


def check_row(root, number, fields):
    if len(fields) != len(HEADER):
        yield f'{len(fields)} fields instead of {len(HEADER)}'
        return
    given, behaviour, state, evidence = fields
    if given != str(number):
        yield f'number {given} stands where {number} is due'
    if not behaviour or len(behaviour) > BEHAVIOUR_MAX:
        yield f'a behaviour is one sentence of at most {BEHAVIOUR_MAX} characters'
    if state in SHOWN:
        for named in evidence.split(' | '):
            problem = check_test(root, named)
            if problem:
                yield problem
    elif state not in SAID:
        yield f'"{state}" is no state: it is one of {", ".join(SHOWN + SAID)}'
    elif not evidence or len(evidence) > REASON_MAX:
        yield f'{state} says why or for what, in at most {REASON_MAX} characters'


def check(root, text, count=COUNT):
    """All breaches in the table, as printable lines."""
    header, *rows = [line.split('\t') for line in text.splitlines()] or [[]]
    found = []
    if header != HEADER:
        found.append(f'{TABLE}:1: the header is {", ".join(HEADER)}, tab separated')
    for number, fields in enumerate(rows, 1):
        found += [f'{TABLE}:{number + 1}: {problem}'
                  for problem in check_row(root, number, fields)]
    if len(rows) != count:
        found.append(f'{TABLE}:{len(rows) + 1}: {len(rows)} rows instead of {count}')
    return found


def counts(text):
    """How many rows are in each state, as one line."""
    states = collections.Counter(line.split('\t')[2] for line in text.splitlines()[1:])
    return ', '.join(f'{states[state]} {state}' for state in SHOWN + SAID)


if __name__ == '__main__':
    table = pathlib.Path(TABLE).read_text()
    breaches = check(pathlib.Path('.'), table)
    print(*breaches, sep='\n', end='\n' if breaches else '')
    if breaches:
        sys.exit(1)
    print(f'parity: {counts(table)}')
