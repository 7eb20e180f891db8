#!/usr/bin/env python3
"""new_check.py <name>: the files of a new rule of coil-check, and its two entries."""
import pathlib
import re
import sys

CHECKS = pathlib.Path('plugin/checks')

HEADER = '''\
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/rules.hpp>

namespace coil_check {{

/// TODO(rule): what it finds, in one sentence.
extern const rule {name};

}}  // namespace coil_check
'''

SOURCE = '''\
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/checks/{name}.hpp>
#include <plugin/core/body.hpp>
#include <plugin/core/report.hpp>

namespace coil_check {{

namespace {{

void check_body(const body& in, report& to) {{
    if (!in.is_coroutine()) return;
    for (auto* each : in.suspensions()) {{
        finding found{{.at = each->getKeywordLoc()}};
        found.text = "TODO(rule): what is wrong";
        found.mend = "TODO(rule): what to do";
        found.statement = each;
        to.add(found);
    }}
}}

}}  // namespace

const rule {name}{{"{rule}", level::warning, &check_body}};

}}  // namespace coil_check
'''

CASES = '''\
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>

coil::task<> work();

coil::task<> wrong() {{
    co_await work();  // expected-warning {{{{TODO(rule): what is wrong}}}}
}}

void right() {{}}
'''

PAGE = '''\
# {rule}

A warning by default.

## Flags

- TODO(rule): what it finds.

## Why

TODO(rule): what goes wrong at run time.

## Before

```cpp
#include <coil/core/task.hpp>

coil::task<> work();

coil::task<> wrong() {{
    co_await work();
}}
```

```text
```

## After

```cpp
#include <coil/core/task.hpp>
```

## Silence

`[[gsl::suppress("coil-{rule}")]]` on the statement, the variable or the function;
`-fplugin-arg-coil_check-{rule}=off` for a file.
'''


def with_line(text, opening, line):
    """The text with a line more, in its place by name, in the list after `opening`."""
    start = text.index(opening) + len(opening)
    end = re.compile(r'\n}|\)').search(text, start).start()
    lines = text[start:end].strip('\n').split('\n')
    return text[:start] + '\n' + '\n'.join(sorted({*lines, line})) + text[end:]


def register(name):
    inventory = CHECKS.parent / 'CMakeLists.txt'
    inventory.write_text(with_line(inventory.read_text(), 'set(checks', f'    {name}'))
    registry = CHECKS.parent / 'core' / 'rules.cpp'
    text = with_line(registry.read_text(), 'rules[] = {', f'    &{name},')
    includes = {*re.findall(r'^#include .*$', text, re.MULTILINE),
                f'#include <plugin/checks/{name}.hpp>'}
    text = re.sub(r'^(#include .*\n)+', '\n'.join(sorted(includes)) + '\n', text,
                  count=1, flags=re.MULTILINE)
    registry.write_text(text)


def main(rule):
    """`rule` is as the compiler prints it, `async-drop`; files have underscores."""
    if not re.fullmatch(r'[a-z]+(-[a-z]+)*', rule):
        return f'new_check.py: "{rule}" is no name; write it like async-drop'
    name = rule.replace('-', '_')
    files = {f'{name}.hpp': HEADER, f'{name}.cpp': SOURCE, f'{name}_test.cpp': CASES,
             f'{rule}.md': PAGE}
    for file, text in files.items():
        if (CHECKS / file).exists():
            return f'new_check.py: {CHECKS / file} is there already'
        (CHECKS / file).write_text(text.format(name=name, rule=rule))
    register(name)
    print('written:', *files)
    return None


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) == 2 else __doc__)
