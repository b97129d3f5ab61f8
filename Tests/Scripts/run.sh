#!/usr/bin/env bash
# Checks the scripts: with shellcheck where there is one, then by the tests beside this file.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if command -v shellcheck >/dev/null; then
    shellcheck -x Scripts/* Tests/*/*.sh .ci/run
else
    printf 'shellcheck is missing, so nothing has read the scripts\n' >&2
fi

for test in Tests/Scripts/*_test.sh; do
    [ ! -e "$test" ] || "$test"
done
