#!/usr/bin/env python3
"""Compares code fences in the documents with the compiled code they were taken from.

A fence that follows `<!-- snippet: path#name -->` must equal the lines between two
`//! [name]` lines of that file, less their common indent. In the book, where every
fence of C++ has such a mark, `<!-- code/file.cpp name -->` says the same; after
`<!-- code/file.cpp output -->` stands all that this program prints, and after
`<!-- does not compile -->` what is refused, with the compiler's words in the next fence.

  check_snippets.py [--update]           compares code; --update rewrites the fences
  check_snippets.py --output FILE PROGRAM [--update]   the same with what it prints
  check_snippets.py --refused PLUGIN     compiles what must not compile
"""
import pathlib
import re
import subprocess
import sys
import textwrap

BOOK = pathlib.Path('docs/book')
PLACE = r'(?:snippet: (?P<path>[^#\s]+)#(?P<name>.+?)|(?P<file>code/\S+) (?P<part>.+?))'
FENCE = re.compile(
    rf'(?P<mark><!-- {PLACE} -->\n+(?P<refused><!-- does not compile -->\n+)?```\w*\n)'
    r'(?P<code>.*?)(?=^```)', re.DOTALL | re.MULTILINE)
REFUSAL = re.compile(r'\A```\n+```text\n(.*?)^```', re.DOTALL | re.MULTILINE)
OUTPUT = 'output'


def region(path, name):
    """The code between the two marks, or a ValueError that says what is missing."""
    if not path.is_file():
        raise ValueError(f'there is no {path}')
    mark = re.escape(f'//! [{name}]')
    match = re.search(rf'^[ \t]*{mark}\n(.*?)^[ \t]*{mark}$', path.read_text(),
                      re.DOTALL | re.MULTILINE)
    if not match:
        raise ValueError(f'{path} has no region between two "//! [{name}]" lines')
    inside = re.sub(r'^[ \t]*//! \[.*\]\n', '', match[1], flags=re.MULTILINE)
    return textwrap.dedent(inside)


def documents(root):
    for path in sorted(root.rglob('*.md')):
        if 'build' not in path.relative_to(root).parts:
            yield path


def check(root, update):
    found = []
    for document in documents(root):
        text = document.read_text()

        def compare(match):
            if match['part'] == OUTPUT:
                return match[0]
            where = f'{document}:{text.count(chr(10), 0, match.start()) + 1}'
            path = root / match['path'] if match['path'] else document.parent / match['file']
            name = match['name'] or match['part']
            try:
                code = region(path, name)
            except ValueError as error:
                found.append(f'{where}: {error}')
                return match[0]
            if code != match['code'] and not update:
                found.append(f'{where}: differs from {path}#{name}; '
                             'run: python3 tools/check_snippets.py --update')
            return match['mark'] + code

        changed = FENCE.sub(compare, text)
        if update and changed != text:
            document.write_text(changed)
    return found + check_book(root)


def check_book(root):
    """Each fence of C++ is one that was compiled, and each program shows its output."""
    found, shown = [], set()
    for document in sorted((root / BOOK).glob('*.md')):
        text = document.read_text()
        known = {match.end('mark') for match in FENCE.finditer(text)}
        for fence in re.finditer(r'^```cpp\n', text, re.MULTILINE):
            if fence.end() not in known:
                line = text.count('\n', 0, fence.start()) + 1
                found.append(f'{document}:{line}: no file is named whose code this is')
        shown |= {match['file'] for match in FENCE.finditer(text)
                  if match['part'] == OUTPUT}
    for path in sorted((root / BOOK / 'code').glob('*.cpp')):
        if f'code/{path.name}' not in shown:
            found.append(f'{path}: no chapter shows what it prints')
    return found


def check_output(path, program, update=None):
    """The fence that shows what the program of this file prints is right."""
    for document in sorted(BOOK.glob('*.md')):
        text = document.read_text()
        for match in FENCE.finditer(text):
            if match['part'] == OUTPUT and BOOK / match['file'] == pathlib.Path(path):
                ran = subprocess.run([program], text=True, timeout=60, check=False,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                if ran.returncode == 0 and ran.stdout == match['code']:
                    return []
                if ran.returncode == 0 and update:
                    document.write_text(text[:match.start('code')] + ran.stdout +
                                        text[match.end('code'):])
                    return []
                return [f'{document} shows:', match['code'],
                        f'{path} printed, and ended with {ran.returncode}:', ran.stdout]
    return [f'no chapter shows what {path} prints']


def check_refused(plugin):
    """What does not compile, with coil-check, says what stands below it."""
    found, count = [], 0
    for document in sorted(BOOK.glob('*.md')):
        text = document.read_text()
        for match in FENCE.finditer(text):
            if not match['refused']:
                continue
            count += 1
            path = document.parent / match['file']
            words = REFUSAL.match(text[match.end():])
            ran = subprocess.run(
                ['clang++-19', '-std=c++20', '-I.', '-fsyntax-only', f'-fplugin={plugin}',
                 path], text=True, stderr=subprocess.PIPE, check=False)
            said = [line.replace(f'{path.parent}/', '') for line in
                    ran.stderr.splitlines()]
            rest = iter(said)  # what is shown comes in this order, and is not all
            if ran.returncode == 0 or not words or not all(
                    any(shown in line for line in rest)
                    for shown in words[1].splitlines()):
                found += [f'{document}: {path} says otherwise:', *said]
    return found if count else ['the book shows nothing that does not compile']


def main(arguments):
    if arguments[:1] == ['--output']:
        return check_output(*arguments[1:])
    if arguments[:1] == ['--refused']:
        return check_refused(*arguments[1:])
    return check(pathlib.Path('.'), '--update' in arguments)


if __name__ == '__main__':
    problems = main(sys.argv[1:])
    print(*problems, sep='\n', end='\n' if problems else '')
    sys.exit(bool(problems))
