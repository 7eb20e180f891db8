#!/usr/bin/env bash
# ./x run: builds the example service and plays its acts.
set -euo pipefail
echo "x run: the example service is not there yet" >&2
exit 1
