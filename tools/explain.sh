#!/usr/bin/env bash
# ./x explain [<rule>]: the page of a rule of coil-check, or what rules there are.
set -euo pipefail

rule=${1:-}
rule=${rule#coil-}  # as the compiler prints it
if [ -f "plugin/checks/$rule.md" ]; then
    cat "plugin/checks/$rule.md"
    exit 0
fi
[ -z "$rule" ] || echo "x explain: there is no rule '$rule'; there are:" >&2
for page in plugin/checks/*.md; do
    name=${page##*/}
    printf '%-14s%s\n' "${name%.md}" "$(grep -m 1 '^- ' "$page" | sed 's/^- //')"
done
[ -z "$rule" ]
