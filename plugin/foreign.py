#!/usr/bin/env python3
"""Runs coil-check over coroutines that others wrote: foreign.py <coil-check> [<part>...]

The code is Debian's source packages of Boost, the tests and examples of its libraries that
use coroutines, and of QCoro, with the headers of Qt. They are fetched into build/foreign,
with lists of packages of its own, and never committed. What is found must stand in
foreign_findings.txt, with what was thought of it; so what a change of a rule adds is seen.
"""
import collections
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / 'build' / 'foreign'
JUDGED = ROOT / 'plugin' / 'foreign_findings.txt'
RELEASE = 'trixie'
BOOST = 'boost1.88'
BOOST_PARTS = ('cobalt', 'asio', 'beast', 'mysql', 'redis')
BOOST_FUTURES = ('boost::asio::awaitable', 'boost::cobalt::task',
                 'boost::asio::experimental::coro')
QCORO_FUTURES = ('QCoro::Task', 'QCoro::LazyTask', 'QCoro::Generator',
                 'QCoro::AsyncGenerator')
QT_PACKAGES = ('qt6-base-dev', 'qt6-declarative-dev', 'qt6-websockets-dev')
SOURCE = ['source', '--download-only', '--tar-only']
USED = re.compile(r'\bco_(await|return|yield)\b')
FINDING = re.compile(r'^(\S+?):(\d+):\d+: (?:error|warning): (.*) \[coil-([\w-]+)\]$',
                     re.MULTILINE)

Part = collections.namedtuple('Part', 'name folders futures arguments')


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


def download(command, *packages):
    for folder in ('lists/partial', 'cache/archives/partial'):
        (FOLDER / folder).mkdir(parents=True, exist_ok=True)
    (FOLDER / 'sources.list').write_text(
        ''.join(f'{kind} {mirror()} {RELEASE} main\n' for kind in ('deb', 'deb-src')))
    apt('update')
    apt(*command, *packages)


def unpack(archive, *arguments):
    subprocess.run(['tar', '-xf', max(FOLDER.glob(archive)), *arguments], cwd=FOLDER,
                   check=True)


def boost():
    tree = FOLDER / 'boost'
    if not tree.exists():
        download(SOURCE, BOOST)
        unpack(f'{BOOST}_*.orig.tar.*', '--wildcards', 'boost/libs/*/include/*',
               *(f'boost/libs/{part}/{kind}/*' for part in BOOST_PARTS
                 for kind in ('test', 'example')))
    libraries = [each for depth in ('*', '*/*')
                 for each in sorted(tree.glob(f'libs/{depth}/include')) if each.is_dir()]
    beside = ('cobalt/test', 'mysql/example', 'mysql/test/common/include',
              'mysql/test/unit/include', 'mysql/test/integration/include', 'redis/test',
              'redis/example', 'asio/test', 'beast')
    arguments = ['-DBOOST_ALL_NO_LIB',
                 *(word for each in libraries for word in ('-isystem', str(each))),
                 *(f'-I{tree / "libs" / each}' for each in beside), f'-I{tree}']
    return [Part(name, [tree / 'libs' / name], BOOST_FUTURES, arguments)
            for name in BOOST_PARTS]


def qcoro():
    tree, made, qt = FOLDER / 'qcoro', FOLDER / 'qcoro-made', FOLDER / 'qt'
    if not tree.exists():
        download(SOURCE, 'qcoro')
        download(['download'], *QT_PACKAGES)
        for package in QT_PACKAGES:
            subprocess.run(['dpkg-deb', '-x', max(FOLDER.glob(f'{package}_*.deb')), qt],
                           check=True)
        tree.mkdir()
        unpack('qcoro_*.orig.tar.*', '--strip-components=1', '-C', tree)
    stand_in_for_generated(tree, made)
    modules = [each for each in sorted(qt.glob('usr/include/*/qt6/Qt*')) if each.is_dir()]
    ours = [tree, *sorted(each for each in (tree / 'qcoro').iterdir() if each.is_dir()),
            tree / 'qcoro']
    arguments = [f'-I{made}', f'-I{tree / "tests"}', f'-I{tree / "tests/testlibs"}',
                 f'-I{tree / "examples/dbus"}', '-fPIC', '-DQT_NO_KEYWORDS',
                 *(word for each in (*ours, modules[0].parent, *modules)
                   for word in ('-isystem', str(each)))]
    return [Part('qcoro', [tree / 'tests', tree / 'examples', tree / 'qcoro'],
                 QCORO_FUTURES, arguments)]


def stand_in_for_generated(tree, made):
    """What CMake and moc write is not there: no code of it is needed to check."""
    (made / 'QCoro').mkdir(parents=True, exist_ok=True)
    for header in (tree / 'qcoro').rglob('*.h'):
        for name in re.findall(r'"qcoro(\w+)_export\.h"', header.read_text()):
            (made / f'qcoro{name}_export.h').write_text(
                f'#define QCORO{name.upper()}_EXPORT\n')
    (made / 'QCoro' / 'QCoroTask').write_text('#include <qcorotask.h>\n')
    for path in tree.rglob('*.cpp'):
        for name in re.findall(r'#include "([\w-]+\.moc)"', path.read_text()):
            (made / name).touch()


def files_of(part):
    return [path for folder in part.folders for path in sorted(folder.rglob('*.cpp'))
            if USED.search(path.read_text(errors='replace'))]


def judged():
    """{finding: (verdict, what was thought of it)}"""
    found = {}
    for line in JUDGED.read_text().splitlines():
        if line and not line.startswith('#'):
            verdict, where, rule, why = line.split(' ', 3)
            found[where, rule] = verdict, why
    return found


def look_at(part, tool):
    """(what coil-check says, how many coroutines it saw)"""
    done = subprocess.run(
        [tool, '--count', '-j', str(os.cpu_count()),
         *(f'--future={each}' for each in part.futures), *map(str, files_of(part)), '--',
         '-std=c++20', *part.arguments], capture_output=True, text=True)
    count = re.search(r'(\d+) coroutines', done.stdout)
    (FOLDER / f'{part.name}.log').write_text(done.stderr + done.stdout)
    return done.stderr, int(count[1]) if count else 0


def main(tool, *names):
    known, said, coroutines, files = judged(), '', 0, []
    for part in (*boost(), *qcoro()):
        if names and part.name not in names:
            continue
        output, count = look_at(part, tool)
        print(f'{part.name}: {count} coroutines', flush=True)
        said, coroutines, files = said + output, coroutines + count, files + files_of(part)
    found = {(f'{pathlib.Path(path).relative_to(FOLDER)}:{line}', rule): text
             for path, line, text, rule in FINDING.findall(said)}
    news = [each for each in found if each not in known]
    for where, rule in news:
        print(f'not judged yet: {where} {rule} {found[where, rule]}')
    broken = set(re.findall(r'^(\S+?):\d+:\d+: (?:fatal )?error: (?!.*\[coil-)', said,
                            re.MULTILINE))
    for path in sorted(broken):
        print(f'does not compile, so is not checked: {path}')
    lines = sum(path.read_text(errors='replace').count('\n') for path in files)
    false = sum(known[each][0] == 'false' for each in found if each in known)
    print(f'{coroutines} coroutines in {len(files)} files of {lines} lines, '
          f'{len(found)} findings, {false} of them false')
    return bool(news) or too_many(false, coroutines, lines)


def too_many(false, coroutines, lines):
    """Fewer than one in 5,000 lines, and than one in 200 coroutines."""
    return false > 0 and false >= min(lines / 5000, coroutines / 200)


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
