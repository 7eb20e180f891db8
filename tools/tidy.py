#!/usr/bin/env python3
"""The rules of STYLE.md that a script can check. Prints breaches; none is good.

Where a rule makes the code worse, the code wins: `tidy: <why>` in a comment on the
line, or alone on the line before, silences every rule there.
"""
import pathlib
import re
import sys

FOLDERS = ('coil', 'plugin', 'tests', 'examples', 'bench', 'tools', 'cmake')
EVIDENCE = ('_test', '_bench', '_fuzz')
VAGUE = 'utils?|helpers?|common|misc|managers?|impl'
WORD_EVIDENCE = {'_test': 'TEST', '_bench': 'BENCH', '_fuzz': 'FUZZ'}


class Source:
    """One file: its path from the root, its text, and how its lines read as code."""

    def __init__(self, path, text):
        self.path = pathlib.PurePosixPath(path)
        self.text = text
        self.lines = text.splitlines()
        self.code = [strip_words(line) for line in self.lines]

    @property
    def is_header(self):
        return self.path.suffix == '.hpp'

    @property
    def is_cpp(self):
        return self.path.suffix in ('.hpp', '.cpp')

    @property
    def is_evidence(self):
        return self.path.stem.endswith(EVIDENCE) or self.path.parts[0] == 'tests'

    @property
    def layer(self):
        parts = self.path.parts
        return parts[1] if parts[0] == 'coil' and len(parts) > 2 else None

    @property
    def is_public_header(self):
        return self.is_header and bool(self.layer) and 'detail' not in self.path.parts

    def silenced(self, number):
        before = self.lines[number - 2].strip() if number > 1 else ''
        return 'tidy: ' in self.lines[number - 1] or (
            before.startswith('//') and 'tidy: ' in before)


def strip_words(line):
    """The line without the inside of its strings and without its comment."""
    line = re.sub(r'"(\\.|[^"\\])*"', '""', line)
    return line.split('//')[0]


# --- rules about one line: (which files, what to look at, pattern, what to write) ---

def any_cpp(source):
    return source.is_cpp


def library(source):
    return source.is_cpp and bool(source.layer)


def above_base(source):
    return library(source) and source.layer != 'base'


def headers_above_base(source):
    return above_base(source) and source.is_header and source.layer != 'testing'


def clockless(source):
    measures = source.path.stem.endswith('_bench')
    return library(source) and source.layer != 'runtime' and not measures


def what_runs(source):
    """The cases of coil-check are only compiled."""
    return source.is_cpp and 'plugin/checks' not in source.path.as_posix()


def everything(source):
    return source.path.name not in ('tidy.py', 'tidy_test.py')


LINE_RULES = [
    (any_cpp, 'lines', r'#\s*include\s*"coil/|#\s*include\s*".*\.\./',
     'include ours as <coil/layer/name.hpp>, from the root of the repository'),
    (above_base, 'code', r'^\s*#\s*(if|elif|ifdef|ifndef)\b(?!\s+!?(defined\()?(COIL_|NDEBUG))',
     'ask a COIL_ name defined in base/, or choose a file in CMake'),
    (headers_above_base, 'code', r'^\s*#\s*define\b',
     'write a function or a constant; macros live in base/'),
    (library, 'code', rf'\b(class|struct|union|enum class)\s+(\w+_)?({VAGUE})\b',
     'name the type after what it is, not after having no home'),
    (any_cpp, 'code', r'\b(do_it|handle\d+|ctx|tmp|foo|bar|baz)\b',
     'use a name a stranger understands'),
    (library, 'code', r'\b(int|long|unsigned|std::u?int\d+_t)\s+\w*(_ms|millis\w*|timeout)\b',
     'use std::chrono: units live in types'),
    (clockless, 'code', r'\b(steady_clock|system_clock|high_resolution_clock)::now\b',
     'only a driver reads the clock of the system; take the time from the runtime'),
    (what_runs, 'code', r'\bthis_thread::sleep|\b(usleep|nanosleep)\(',
     'do not sleep: use virtual time, or wait for the event itself'),
    (any_cpp, 'code', r'\brandom_device\b|\bs?rand\(',
     'seed a generator from a named constant, so that a failure can be replayed'),
    (headers_above_base, 'code', r'\bstd::shared_ptr\b|(\.|->)detach\(\)',
     'let a scope own it: nothing in an async interface outlives its block'),
    (any_cpp, 'lines', r'^\s*//+\s*([=\-*#~_])\1{4,}',
     'drop the banner; split the file where it seems to need one'),
    (any_cpp, 'lines', r'[@\\]brief\b', 'the first sentence is the summary; drop the tag'),
    (any_cpp, 'lines', r'^\s*#\s*if\s+0\b', 'delete the code; git remembers it'),
    (any_cpp, 'lines', r'^\s*//\s*([\w:<>&*]+ )?[\w.:>-]+(\(.*\)| = .*);$',
     'delete commented-out code; git remembers it'),
    (everything, 'lines', r'\bTODO\b(?!\((\w| )+\): )', 'write TODO(<kind>): <what>'),
    (everything, 'lines', r'\bFIXME\b', 'fix it, or write TODO(<kind>): <what>'),
    (any_cpp, 'lines', r'\b(COIL_TEST|TEST_CASE)\w*\("(?![^"]*: )',
     'name a test as a sentence: "event: a wait after set does not suspend"'),
]


def check_lines(source):
    for applies, view, pattern, advice in LINE_RULES:
        if not applies(source):
            continue
        for number, line in enumerate(getattr(source, view), 1):
            if re.search(pattern, line):
                yield number, advice


FUNCTION_OPENS = re.compile(
    r'\s*(?!namespace|extern|class|struct|union|enum|template|//)\S.*\).*\{\s*$')


# --- rules about one file --------------------------------------------------------------

def size_limit(source):
    path = source.path
    if path.name == 'CMakeLists.txt':
        return 40 if source.layer else 100
    if path.parts[0] == 'examples' and path.suffix == '.cpp':
        return 400
    if path.parts[0] == 'cmake':
        return 60
    if source.is_evidence and source.is_cpp:
        return 500
    return {'.hpp': 350, '.cpp': 500, '.py': 300, '.sh': 150}.get(path.suffix)


def check_size(source):
    limit = size_limit(source)
    if limit and len(source.lines) > limit:
        yield 1, (f'{len(source.lines)} lines, the limit is {limit}: '
                  'two names would tell the story better')


def check_opening(source):
    if not source.is_cpp:
        return
    if not source.lines or not source.lines[0].startswith('// SPDX-License-Identifier: '):
        yield 1, 'begin with // SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception'
    if source.is_header and '#pragma once' not in source.lines:
        yield 1, 'guard the header with #pragma once'


def check_name(source):
    for part in source.path.with_suffix('').parts:
        if re.fullmatch(rf'(\w+_)?({VAGUE})', part):
            yield 1, f'"{part}" says that the code has no home; name what it is'


def check_memory_orders(source):
    """Every memory order names its partner: near it, six lines above to three below."""
    if not source.is_cpp or source.is_evidence:
        return
    for number, line in enumerate(source.code, 1):
        near = source.lines[max(0, number - 7):number + 3]
        if 'memory_order_' in line and not any('//' in text for text in near):
            yield number, 'say in a comment what this memory order pairs with'


def check_blocks(source):
    """No function over 60 lines: from a line that ends in `{` to where that closes."""
    if not source.is_cpp:
        return
    end = 0
    for number, line in enumerate(source.code, 1):
        if number <= end or not FUNCTION_OPENS.match(line):
            continue
        depth, end = 1, number
        while depth > 0 and end < len(source.code):
            text = re.sub(r"'\\?.'", '', source.code[end])
            depth += text.count('{') - text.count('}')
            end += 1
        if end - number > 60:
            yield number, f'a function of {end - number} lines; 60 is the limit'


FILE_RULES = [check_lines, check_size, check_opening, check_name, check_memory_orders,
              check_blocks]


# --- rules about the whole tree -----------------------------------------------------------

def check_inventories(sources):
    """Every .cpp of a layer stands in a coil_component() line, so none is dead."""
    for path, source in sources.items():
        inventory = sources.get(f'coil/{source.layer}/CMakeLists.txt')
        if path.endswith('.cpp') and inventory and path != f'coil/{source.layer}/main.cpp':
            name = str(source.path.relative_to(f'coil/{source.layer}').with_suffix(''))
            kind = next((end for end in EVIDENCE if name.endswith(end)), '')
            word = WORD_EVIDENCE.get(kind, 'SOURCE')
            name = name.removesuffix(kind)
            if not re.search(rf'\({re.escape(name)}\s[^)]*\b{word}\b', inventory.text):
                yield path, 1, f'in no target: add {word} to coil_component({name})'


def check_layer_readmes(sources):
    for path, source in sources.items():
        if source.path.name != 'README.md' or not source.layer or len(source.path.parts) != 3:
            continue
        listed = set(re.findall(r'^\|\s*`([\w/]+\.hpp)`', source.text, re.MULTILINE))
        public = {str(other.path.relative_to(source.path.parent))
                  for other in sources.values()
                  if other.is_public_header and other.layer == source.layer}
        for name in sorted(public - listed):
            yield path, 1, f'list {name} in the table: what it is, in one sentence'
        for name in sorted(listed - public):
            yield path, 1, f'drop {name} from the table: there is no such public header'


def check_marks(sources):
    tests = ''.join(source.text for source in sources.values() if source.is_evidence)
    for path, source in sources.items():
        if source.is_cpp and not source.is_evidence:
            for number, line in enumerate(source.lines, 1):
                mark = re.match(r'[^/]*\bCOIL_REACHED\("([^"]*)"\)', line)
                if mark and mark[1] not in tests:
                    yield path, number, f'no test asks times_reached("{mark[1]}")'


# One idea per header: combinators, or adaptors, and what all of them are made of.
HEADERS_MAX = {'coil/core': 32, 'coil/stream': 24}


def check_crowds(sources):
    folders = {}
    for source in sources.values():
        if source.is_public_header:
            folders.setdefault(str(source.path.parent), []).append(source)
    for folder, headers in folders.items():
        most = HEADERS_MAX.get(folder, 20)
        if len(headers) > most:
            yield folder, 1, f'{len(headers)} headers; over {most} a folder needs splitting'


TREE_RULES = [check_inventories, check_layer_readmes, check_marks, check_crowds]


def read_tree(root):
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob('*')):
            if path.suffix in ('.hpp', '.cpp', '.py', '.sh', '.cmake', '.md') or \
                    path.name == 'CMakeLists.txt':
                name = path.relative_to(root).as_posix()
                yield name, Source(name, path.read_text())


def check(sources):
    """All breaches in {path: Source}, as printable lines."""
    found = []
    for path, source in sources.items():
        for rule in FILE_RULES:
            found += [(path, number, advice) for number, advice in rule(source)
                      if not source.silenced(number)]
    for rule in TREE_RULES:
        found += [breach for breach in rule(sources)
                  if breach[0] not in sources or not sources[breach[0]].silenced(breach[1])]
    return [f'{path}:{number}: {advice}' for path, number, advice in sorted(found)]


if __name__ == '__main__':
    breaches = check(dict(read_tree(pathlib.Path('.'))))
    print(*breaches, sep='\n', end='\n' if breaches else '')
    sys.exit(bool(breaches))
