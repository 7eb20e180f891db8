#!/usr/bin/env python3
"""How far parity goes: checks docs/parity.tsv and prints its counts by state.

A row is a number, a behaviour, a state and its evidence:
  holds    coil does it, and the tests named show it
  better   coil promises more than was asked for, and the tests named show it
  refused  the language or a law makes it inapplicable; the evidence says why
  later    not built yet; the evidence says which part it waits for
Tests are named `path:title`, cases that must not compile by their path, cases of
coil-check as `plugin/checks/<file>_test.cpp:<function or class>`; several are joined by
` | `. Where they are coil-check's, one at least has a finding: a case that is right shows
nothing without its twin. And a case shows no more than three behaviours.
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
CASES = 'plugin/checks/'
ROWS_OF_A_CASE_MAX = 3

STRING = r'"((?:[^"\\]|\\.)*)"'
TITLED = re.compile(
    rf'\b(?:TEST_CASE|COIL_TEST|COIL_ALIKE(?:_ON_CLANG)?)\(\s*((?:{STRING}\s*)+)')

DIRECTIVE = re.compile(r'^#(?:.*\\\n)*.*\n', re.MULTILINE)
NO_CODE = re.compile(r'"(?:[^"\\\n]|\\.)*"|//.*|\[\[.*?\]\]|^template.*$', re.MULTILINE)
CLASS = re.compile(r'\s*(?:struct|class|union)\s+(?:COIL_\w+\s+)*(\w+)[^()]*?\{')
FUNCTION = re.compile(r'\b(\w+)\(')


def titles(source):
    """The titles of the tests in a source file, whole where they are split."""
    return {''.join(re.findall(STRING, match[1])) for match in TITLED.finditer(source)}


def cases(source):
    """{each function or class that a case file defines: its lines, comments before it}"""
    found, chunk = {}, ''
    for line in DIRECTIVE.sub('', source).splitlines(keepends=True):
        if re.match(r'namespace|}  // namespace|\s*$', line) and '{' not in chunk:
            chunk = ''
            continue
        chunk += line
        code = NO_CODE.sub('', chunk)
        if code.count('{') != code.count('}') or not re.search(r'[;}]\s*\Z', code):
            continue
        named = CLASS.match(code) or FUNCTION.search(code)
        if named and '{' in code:
            found[named[1]] = chunk
        chunk = ''
    return found


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
    known = cases if path.startswith(CASES) else titles
    if title not in known(file.read_text()):
        return f'{path} has no test "{title}"'
    return None


def has_finding(root, named):
    path, _, title = named.partition(':')
    return 'expected-' in cases((root / path).read_text())[title]


def check_evidence(root, named):
    problems = [problem for each in named if (problem := check_test(root, each))]
    of_check = [each for each in named if each.startswith(CASES)]
    if not problems and of_check and not any(has_finding(root, each) for each in of_check):
        problems.append('name the case as well that is wrong and found to be')
    return problems


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
        yield from check_evidence(root, evidence.split(' | '))
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
    named = collections.Counter(re.findall(rf'{CASES}\w+\.cpp:\w+', text))
    found += [f'{TABLE}: {case} shows {rows_of_it} behaviours, {ROWS_OF_A_CASE_MAX} at most'
              for case, rows_of_it in named.items() if rows_of_it > ROWS_OF_A_CASE_MAX]
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
