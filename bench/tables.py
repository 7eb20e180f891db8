"""The tables of a run: {(row, peer): {unit: figure}} as Markdown."""
import dataclasses

COLUMNS = ('coil', 'floor', 'coil on io_uring', 'floor on io_uring', 'Asio', 'Asio callbacks',
           'tokio', 'rayon', 'Go', 'nginx', 'untold')
RATIOS = ('floor', 'Asio', 'tokio', 'rayon', 'untold')  # with one for each nobody would read the table
OTHER = ' with tcmalloc'  # after the name of a peer that was measured with that, too
SAID = {'ns': 'ns', 'Ir': 'Ir', 'us': 'µs', 'user': 'µs user', 'load': 'µs load', 's': 's',
        'p99': 'µs p99', 'p99.9': 'µs p99.9', 'rps': 'k/s', 'MiB': 'MiB', 'B': 'B',
        'wall': 'µs', 'cpu': 'µs CPU', 'on 1': 'ns on 1', 'on 2': 'ns on 2', 'speed-up': '× speed-up'}
WHOLE = ('Ir', 'MiB', 'B', 'p99', 'p99.9')  # units without a fraction
MORE_IS_BETTER = ('rps', 'speed-up')
QUOTIENTS = {  # targets that are one figure over another's: None is the table's main one
    'ratio': ('coil', 'floor', None, '× floor'),
    'Asio ratio': ('coil', 'Asio', None, '× Asio'),
    'p99 ratio': ('coil', 'floor', 'p99', '× floor’s p99'),
    'io_uring ratio': ('coil on io_uring', 'floor', 'us', '× floor, on io_uring'),
}


@dataclasses.dataclass(frozen=True)
class Table:
    """Of the rows of one kind. `figure` is what ratios are made of, `shown` what a cell
    says, `other` what it says of the other allocator, `targets` which the table judges."""
    kind: str
    title: str
    figure: str
    shown: tuple
    other: tuple
    targets: tuple


TABLES = (
    Table('operation', 'Operations: CPU time and instructions of one', 'ns', ('ns', 'Ir'),
          ('ns',), ('ns', 'Ir', 'ratio', 'Asio ratio')),
    Table('parallel', 'Two workers: wall time of one operation, on one worker → on two, and '
          'how much faster two are', 'on 2', ('on 1', 'on 2', 'speed-up'), ('on 1', 'on 2', 'speed-up'),
          ('on 1', 'on 2', 'speed-up')),
    Table('option', 'Options of a runtime for many threads: wall time and CPU time of one '
          'operation, with the option and without', 'wall', ('wall', 'cpu'), (), ()),
    Table('memory', 'Memory', 'B', ('B',), ('B',), ('B',)),
    Table('server', 'Servers: CPU time of the server per request, and its instructions '
          'outside the kernel', 'us', ('us', 'user', 'Ir'), ('us',),
          ('ratio', 'io_uring ratio', 'user')),
    Table('server', 'Servers: requests per second, latency of the slowest hundredth and '
          'thousandth, CPU time of the load per request', 'p99', ('rps', 'p99', 'p99.9', 'load'),
          ('rps', 'p99', 'p99.9'), ('p99 ratio',)),
    Table('compile', 'Compiling: CPU time and memory of the compiler', 's', ('s', 'MiB'), (),
          ('ratio',)),
)


def described(rows, results):
    """All tables that have a row."""
    return ''.join(described_as(table, [row for row in rows if row.kind == table.kind], results)
                   for table in TABLES if any(row.kind == table.kind for row in rows))


def described_as(table, rows, results):
    columns = [peer for peer in COLUMNS if any(peer in row.programs for row in rows)]
    compared = [peer for peer in columns if peer in RATIOS]
    of = '' if table.figure == table.shown[0] else f' ({table.figure})'
    text = f'\n### {table.title}\n\n'
    text += line(['row', 'what', *columns, *(f'coil / {p}{of}' for p in compared), 'target', ''])
    text += '|---' * (len(columns) + len(compared) + 4) + '|\n'
    for row in rows:
        figures = figures_of(row, columns, results)
        text += line([f'`{row.name}`', row.title,
                      *(cell(table, figures, peer) for peer in columns),
                      *(ratio(table, figures, peer) for peer in compared),
                      target(table, row), verdict(table, row, figures)])
    return text


def line(cells):
    return '| ' + ' | '.join(cells) + ' |\n'


def figures_of(row, columns, results):
    """{peer: {unit: figure}} of one row, with what follows from what was measured."""
    figures = {}
    for name in [*columns, *(peer + OTHER for peer in columns)]:
        figures[name] = dict(results.get((row.name, name), {}))
        if 'on 1' in figures[name] and 'on 2' in figures[name]:
            figures[name]['speed-up'] = figures[name]['on 1'] / figures[name]['on 2']
    return figures


def cell(table, figures, peer):
    text = listed(table.shown, figures[peer]) or '–'
    other = listed(table.other, figures[peer + OTHER])
    return f'{text}; tcmalloc {other}' if other else text


def listed(units, figures):
    if 'speed-up' in units and 'speed-up' in figures:
        on_1, on_2, times = (rounded(unit, figures[unit]) for unit in units)
        return f'{on_1} → {on_2} ns, {times}×'
    return ', '.join(f'{rounded(unit, figures[unit])} {SAID[unit]}'
                     for unit in units if unit in figures)


def rounded(unit, figure):
    if unit == 'rps':
        figure /= 1000
    if unit in WHOLE or figure >= 1000:
        return f'{figure:.0f}'
    return f'{figure:.2f}' if figure < 10 else f'{figure:.1f}'


def quotient(unit, over, under):
    return over[unit] / under[unit] if unit in over and unit in under else None


def ratio(table, figures, peer):
    """In parentheses to the peer with the other allocator."""
    usual = quotient(table.figure, figures['coil'], figures[peer])
    other = quotient(table.figure, figures['coil'], figures[peer + OTHER])
    if usual is None:
        return '–'
    return f'{usual:.2f}' + ('' if other is None else f' ({other:.2f})')


# --- targets ---

def targets_here(table, row):
    """Those that the table judges; those of io_uring only where that may be asked."""
    return {unit: limit for unit, limit in row.targets.items() if unit in table.targets
            and (unit != 'io_uring ratio' or 'coil on io_uring' in row.programs)}


def target(table, row):
    return ', '.join(('≥ ' if unit in MORE_IS_BETTER else '≤ ') + worded(unit, limit)
                     for unit, limit in targets_here(table, row).items()) or '–'


def worded(unit, limit):
    return f'{limit}{QUOTIENTS[unit][3]}' if unit in QUOTIENTS else f'{limit} {SAID[unit]}'


def reached(unit, table, figures):
    if unit not in QUOTIENTS:
        return figures['coil'].get(unit)
    over, under, of, _ = QUOTIENTS[unit]
    return quotient(of or table.figure, figures.get(over, {}), figures.get(under, {}))


def verdict(table, row, figures):
    limits = targets_here(table, row)
    if not limits:
        return '–'
    if not figures['coil']:
        return 'not measured'
    missed = [SAID.get(unit, unit) for unit, limit in limits.items()
              if is_missed(unit, reached(unit, table, figures), limit)]
    return f'**missed** ({", ".join(missed)})' if missed else 'met'


def is_missed(unit, figure, limit):
    if figure is None:
        return True
    return figure < limit if unit in MORE_IS_BETTER else figure > limit
