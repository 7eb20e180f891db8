#!/usr/bin/env python3
"""Runs coil-check over coroutines that others wrote: foreign.py <coil-check> [<part>...]

The code is Debian's source package of Boost: the tests and examples of its libraries that
use coroutines. It is fetched into build/foreign, with lists of packages of its own, and
never committed. What is found must stand in foreign_findings.txt, with what was thought of
it; so what a change of a rule adds is seen.
"""
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / 'build' / 'foreign'
JUDGED = ROOT / 'plugin' / 'foreign_findings.txt'
RELEASE = 'trixie'
PACKAGE = 'boost1.88'
PARTS = ('cobalt', 'asio', 'beast', 'mysql', 'redis')
FUTURES = ('boost::asio::awaitable', 'boost::cobalt::task', 'boost::asio::experimental::coro')
USED = re.compile(r'\bco_(await|return|yield)\b')
FINDING = re.compile(r'^(\S+?):(\d+):\d+: (?:error|warning): (.*) \[coil-([\w-]+)\]$',
                     re.MULTILINE)


def apt(command, *arguments):
    options = {'Dir::Etc::SourceList': FOLDER / 'sources.list',
               'Dir::Etc::SourceParts': '/dev/null', 'Dir::State::Lists': FOLDER / 'lists',
               'Dir::Cache': FOLDER / 'cache'}
    words = [word for key, value in options.items() for word in ('-o', f'{key}={value}')]
    subprocess.run(['apt-get', '--quiet', *words, command, *arguments], cwd=FOLDER,
                   check=True, stdout=subprocess.DEVNULL)


def mirror():
    """Where this machine has its packages from."""
    known = subprocess.run(
        ['apt-get', 'indextargets', '--format', '$(REPO_URI)', 'Identifier: Packages',
         'Label: Debian'], check=True, text=True, stdout=subprocess.PIPE).stdout.split()
    return known[0]


def fetch():
    """The folder that holds `libs`; fetched once."""
    tree = FOLDER / 'boost'
    if tree.exists():
        return tree
    for folder in ('lists/partial', 'cache/archives/partial'):
        (FOLDER / folder).mkdir(parents=True, exist_ok=True)
    (FOLDER / 'sources.list').write_text(f'deb-src {mirror()} {RELEASE} main\n')
    apt('update')
    apt('source', '--download-only', PACKAGE)
    archive = max(FOLDER.glob(f'{PACKAGE}_*.orig.tar.xz'))
    wanted = [f'boost/libs/{part}/{kind}/*' for part in PARTS for kind in ('test', 'example')]
    subprocess.run(['tar', '-xJf', archive, '--wildcards', 'boost/libs/*/include/*', *wanted],
                   cwd=FOLDER, check=True)
    return tree


def files_in(tree, parts):
    for part in parts:
        for path in sorted((tree / 'libs' / part).rglob('*.cpp')):
            if USED.search(path.read_text(errors='replace')):
                yield path


def arguments_for(tree):
    libraries = [each for depth in ('*', '*/*')
                 for each in sorted(tree.glob(f'libs/{depth}/include')) if each.is_dir()]
    beside = ('cobalt/test', 'mysql/example', 'mysql/test/common/include',
              'mysql/test/unit/include', 'mysql/test/integration/include', 'redis/test',
              'redis/example', 'asio/test', 'beast')
    return ['-std=c++20', '-DBOOST_ALL_NO_LIB',
            *(word for each in libraries for word in ('-isystem', str(each))),
            *(f'-I{tree / "libs" / each}' for each in beside), f'-I{tree}']


def judged():
    """{finding: (verdict, what was thought of it)}"""
    found = {}
    for line in JUDGED.read_text().splitlines():
        if line and not line.startswith('#'):
            verdict, where, rule, why = line.split(' ', 3)
            found[where, rule] = verdict, why
    return found


def main(tool, *parts):
    tree = fetch()
    files = list(files_in(tree, parts or PARTS))
    done = subprocess.run(
        [tool, '--count', '-j', str(os.cpu_count()),
         *(f'--future={each}' for each in FUTURES), *map(str, files), '--',
         *arguments_for(tree)], capture_output=True, text=True)
    (FOLDER / 'findings.log').write_text(done.stderr + done.stdout)
    lines = sum(path.read_text(errors='replace').count('\n') for path in files)
    found = {(f'{pathlib.Path(path).relative_to(tree / "libs")}:{line}', rule): text
             for path, line, text, rule in FINDING.findall(done.stderr)}
    broken = set(re.findall(r'^(\S+?):\d+:\d+: (?:fatal )?error: (?!.*\[coil-)',
                            done.stderr, re.MULTILINE))
    known = judged()
    news = [each for each in found if each not in known]
    for where, rule in news:
        print(f'not judged yet: {where} {rule} {found[where, rule]}')
    for path in sorted(broken):
        print(f'does not compile, so is not checked: {path}')
    count = re.search(r'(\d+) coroutines', done.stdout)
    false = sum(known[each][0] == 'false' for each in found if each in known)
    print(f'{count[1] if count else 0} coroutines in {len(files)} files of {lines} lines, '
          f'{len(found)} findings, {false} of them false')
    return bool(news)


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
