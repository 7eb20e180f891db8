#!/usr/bin/env python3
"""How far parity goes: checks docs/parity.tsv and docs/are_we_async_yet.md.

A row is an id, the letter of its group, a behaviour, a state, its tests and a note:
  works           coil does it, and the tests show it
  rejected        it must not compile, and the tests show that it does not
  not applicable  C++ cannot mean it, or a law forbids it; the note says why
  open            not built yet; the note says what it waits for
Tests are named `path:title`, cases that must not compile by their path, cases of
coil-check as `plugin/checks/<file>_test.cpp:<function or class>`; several are joined by
` | `. Each must check something. Where they are coil-check's, one at least has a
finding: a case that is right shows nothing without its twin. And none shows more than
three behaviours.

--update writes docs/are_we_async_yet.md. --ran takes the test programs: a title that is
in none of them did not run.
"""
import collections
import pathlib
import re
import subprocess
import sys

TABLE = 'docs/parity.tsv'
BOARD = 'docs/are_we_async_yet.md'
HEADER = ['id', 'group', 'behaviour', 'state', 'test', 'note']
COUNT = 343
SHOWN = ('works', 'rejected')
SAID = ('not applicable', 'open')
# {letter: the group's last id, its name}
GROUPS = {
    'S': (26, 'What may move between threads'),
    'T': (49, 'Bounds on what a call returns'),
    'C': (80, 'Closures'),
    'G': (100, 'Streams and generators'),
    'D': (123, 'Async drop'),
    'Y': (133, 'Interfaces with async methods'),
    'B': (155, 'Lifetimes, moves and borrows'),
    'E': (182, 'The language: order, errors, values'),
    'F': (238, 'Combinators of futures, streams and sinks'),
    'R': (266, 'Runtimes and tasks'),
    'K': (279, 'Synchronization and channels'),
    'I': (285, 'Time'),
    'N': (300, 'Network, files, processes, signals'),
    'W': (322, 'Services and layers'),
    'X': (335, 'Structured concurrency'),
    'Z': (343, 'Tools'),
}
BEHAVIOUR_MAX = 110
NOTE_MAX = 120
CASES = 'plugin/checks/'
MUST_NOT_COMPILE = 'tests/compile_fail/'
ROWS_OF_A_TEST_MAX = 3

STRING = r'"((?:[^"\\]|\\.)*)"'
TITLED = re.compile(
    rf'\b(?:TEST_CASE|COIL_TEST|COIL_ALIKE(?:_ON_CLANG)?)\(\s*((?:{STRING}\s*)+)')

DIRECTIVE = re.compile(r'^#(?:.*\\\n)*.*\n', re.MULTILINE)
NO_CODE = re.compile(r'"(?:[^"\\\n]|\\.)*"|//.*|\[\[.*?\]\]|^template.*$', re.MULTILINE)
CLASS = re.compile(r'\s*(?:struct|class|union)\s+(?:COIL_\w+\s+)*(\w+)[^()]*?\{')
FUNCTION = re.compile(r'\b(\w+)\(')
# Sync and async twins are compared with each other.
ASSERTS = re.compile(r'\b(?:(?:(?i:check)|REQUIRE|COIL_ALIKE)\w*\(|static_assert\b)')
BEYOND = 'beyond Rust'


def titles(source):
    """{the title of each test in a source file, whole where it is split: its text}"""
    found = list(TITLED.finditer(source))
    ends = [match.start() for match in found[1:]] + [len(source)]
    return {''.join(re.findall(STRING, match[1])): source[match.start():end]
            for match, end in zip(found, ends)}


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
    """What is wrong with a test that is named, if anything."""
    path, _, title = named.partition(':')
    file = root / path
    if not path.endswith('.cpp') or not file.is_file():
        return f'there is no {path}'
    if path.startswith(MUST_NOT_COMPILE):
        return f'{path} is a whole case: drop the title' if title else None
    if not title:
        return f'say which test of {path}'
    known = (cases if path.startswith(CASES) else titles)(file.read_text())
    if title not in known:
        return f'{path} has no test "{title}"'
    if not path.startswith(CASES) and not ASSERTS.search(known[title]):
        return f'the test "{title}" checks nothing'
    return None


def has_finding(root, named):
    path, _, title = named.partition(':')
    return 'expected-' in cases((root / path).read_text())[title]


def check_tests(root, state, named):
    problems = [problem for each in named if (problem := check_test(root, each))]
    of_check = [each for each in named if each.startswith(CASES)]
    if not problems and of_check and not any(has_finding(root, each) for each in of_check):
        problems.append('name the case as well that is wrong and found to be')
    refusing = [each for each in named if each.startswith((CASES, MUST_NOT_COMPILE))]
    if state == 'rejected' and not refusing:
        problems.append('a test of what is rejected does not compile')
    return problems


def group_of(number):
    return next((letter for letter, (last, _) in GROUPS.items() if number <= last), '')


def check_row(root, number, fields):
    if len(fields) != len(HEADER):
        yield f'{len(fields)} fields instead of {len(HEADER)}'
        return
    given, group, behaviour, state, tests, note = fields
    if given != str(number):
        yield f'id {given} stands where {number} is due'
    elif group != group_of(number):
        yield f'{number} is of group {group_of(number)}'
    if not behaviour or len(behaviour) > BEHAVIOUR_MAX:
        yield f'a behaviour is one sentence of at most {BEHAVIOUR_MAX} characters'
    if state in SHOWN:
        yield from check_tests(root, state, tests.split(' | '))
    elif state not in SAID:
        yield f'"{state}" is no state: it is one of {", ".join(SHOWN + SAID)}'
    elif tests or not note:
        yield f'what is {state} has a note that says why, and no test'
    if len(note) > NOTE_MAX:
        yield f'a note has at most {NOTE_MAX} characters'


def tests_of(rows):
    """All tests that the rows name, as often as they do."""
    return [test for row in rows if len(row) == len(HEADER) and row[4]
            for test in row[4].split(' | ')]


def rows_of(text):
    return [line.split('\t') for line in text.splitlines()] or [[]]


def check(root, text, count=COUNT):
    """All breaches in the table, as printable lines."""
    header, *rows = rows_of(text)
    found = []
    if header != HEADER:
        found.append(f'{TABLE}:1: the header is {", ".join(HEADER)}, tab separated')
    for number, fields in enumerate(rows, 1):
        found += [f'{TABLE}:{number + 1}: {problem}'
                  for problem in check_row(root, number, fields)]
    found += [f'{TABLE}: {test} shows {rows_of_it} behaviours, {ROWS_OF_A_TEST_MAX} at most'
              for test, rows_of_it in collections.Counter(tests_of(rows)).items()
              if rows_of_it > ROWS_OF_A_TEST_MAX]
    if len(rows) != count:
        found.append(f'{TABLE}:{len(rows) + 1}: {len(rows)} rows instead of {count}')
    return found


def check_ran(text, listed):
    """The tests that the table names and no program has."""
    ran = set(listed.splitlines())
    return [f'{TABLE}: no program runs "{title}"'
            for path, _, title in (test.partition(':') for test in tests_of(rows_of(text)[1:]))
            if title and not path.startswith(CASES) and title not in ran]


def states_of(rows):
    counted = collections.Counter(row[3] for row in rows)
    return [counted[state] for state in SHOWN + SAID]


def share(works, rejected, _, is_open):
    applicable = works + rejected + is_open
    return f'{100 * (works + rejected) // applicable} %' if applicable else '–'


def board(text):
    """docs/are_we_async_yet.md: how far each group is, and what is open in it."""
    rows = rows_of(text)[1:]
    lines = [
        '# Are we async yet?', '',
        f'{len(rows)} behaviours that sync code has, or that async Rust has, and what coil has',
        'of them. *Done* is the share of those that C++ can mean and no law of coil forbids.',
        'Each that works or is rejected names its tests in [parity.tsv](parity.tsv), from which',
        '`python3 tools/check_parity.py --update` makes this page.', '',
        '| group | works | rejected | not applicable | open | done |',
        '| --- | --- | --- | --- | --- | --- |']
    for letter, (_, name) in GROUPS.items():
        counted = states_of([row for row in rows if row[1] == letter])
        lines.append(f'| {letter}: {name} | {" | ".join(map(str, counted))} '
                     f'| {share(*counted)} |')
    counted = states_of(rows)
    lines += [f'| **all** | {" | ".join(map(str, counted))} | **{share(*counted)}** |', '',
              'A behaviour with a star goes beyond what async Rust does.', '']
    for state, title in (('open', 'Open'), ('not applicable', 'Not applicable')):
        lines += [f'## {title}', '']
        for letter, (_, name) in GROUPS.items():
            of_group = [row for row in rows if row[1] == letter and row[3] == state]
            if of_group:
                lines += [f'### {letter}: {name}', '']
                lines += [f'- {row[0]}{star(row[5])} {row[2]} *{reason(row[5])}*'
                          for row in of_group] + ['']
    return '\n'.join(lines[:-1]) + '\n'


def star(note):
    return ' ★' if note.startswith(BEYOND) else ''


def reason(note):
    return note.removeprefix(BEYOND).removeprefix('; ')


def counts(text):
    """How many rows are in each state, as one line."""
    return ', '.join(f'{number} {state}' for number, state in
                     zip(states_of(rows_of(text)[1:]), SHOWN + SAID))


def listed_by(programs):
    return ''.join(subprocess.run([program, '--list-test-cases'], check=True, text=True,
                                  stdout=subprocess.PIPE).stdout for program in programs)


def main(arguments):
    table, page = pathlib.Path(TABLE).read_text(), pathlib.Path(BOARD)
    if arguments[:1] == ['--ran']:
        breaches = check_ran(table, listed_by(arguments[1:]))
    else:
        breaches = check(pathlib.Path('.'), table)
    if not breaches and arguments == ['--update']:
        page.write_text(board(table))
    elif not breaches and (not page.is_file() or page.read_text() != board(table)):
        breaches = [f'{BOARD} is not what the table says: run '
                    'python3 tools/check_parity.py --update']
    print(*breaches, sep='\n', end='\n' if breaches else '')
    if breaches:
        sys.exit(1)
    print(f'parity: {counts(table)}')


if __name__ == '__main__':
    main(sys.argv[1:])
