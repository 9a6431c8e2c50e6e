#!/bin/sh
# Installs what Cinedex needs below this folder and nothing elsewhere: sh local/setup.sh [run|check]
#
#   run    .venv and .venv-emulator: everything but the checks (the default)
#   check  .venv-sam as well, for `make check`
#
# Each environment keeps a copy of the lock it was made from, so a second run takes no time. What is missing is installed
# at the same time: each keeps one core busy.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

find_python() {
    for candidate in "${PYTHON:-}" python3.13 python3.12 python3.11 python3 python; do
        if [ -n "$candidate" ] && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    found=$(python3 --version 2>/dev/null || echo "no python3")
    echo "Cinedex needs Python 3.11 or newer; found: $found." >&2
    echo "Install it from https://www.python.org or your package manager, or name it: PYTHON=/path/to/python3.11 make setup" >&2
    return 1
}

install() { # ENVIRONMENT LOCK
    echo "Installing $(grep -c '^[a-z0-9._-]*==' "$2") packages into $1; this takes a minute or two …"
    began=$(date +%s)
    "$python" -m venv "$1"
    # -qq: pip's advice about its own version and about other sources would only hide real errors.
    "$1/bin/python" -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r "$2"
    cp "$2" "$1/installed.txt"
    echo "  $1: done in $(($(date +%s) - began)) s"
}

install_all() { # ENVIRONMENT:LOCK …
    python=$(find_python)
    trap 'trap - INT; kill 0' INT # else what runs in the background outlives Ctrl-C
    jobs=
    for pair in "$@"; do
        install "${pair%%:*}" "${pair#*:}" &
        jobs="$jobs $!"
    done
    failed=0
    for job in $jobs; do
        wait "$job" || failed=1
    done
    return $failed
}

link_sources() {
    if [ -x .venv/bin/cinedex ]; then
        return
    fi
    site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    printf '%s\n%s\n%s\n' "$root" "$root/layers/core" "$root/clients/python" >"$site/cinedex.pth"
    printf '#!%s/.venv/bin/python\nfrom cinedex_client.cli.main import main\n\nmain()\n' "$root" >.venv/bin/cinedex
    chmod +x .venv/bin/cinedex
}

register_commands() { # as an installed distribution would: the client finds the commands of the local stack by this file
    for site in .venv/lib/python3*/site-packages; do
        [ -d "$site" ] || continue
        info="$site/cinedex_local-0.dist-info"
        mkdir -p "$info"
        printf 'Metadata-Version: 2.1\nName: cinedex-local\nVersion: 0\n' >"$info/METADATA"
        cp local/entry_points.txt "$info/entry_points.txt"
    done
}

wanted=".venv:requirements/all.txt .venv-emulator:requirements/emulator.txt"
if [ "${1:-run}" = check ]; then
    wanted="$wanted .venv-sam:requirements/sam.txt"
fi
missing=
for pair in $wanted; do
    cmp -s "${pair#*:}" "${pair%%:*}/installed.txt" || missing="$missing $pair"
done
if [ -n "$missing" ]; then
    install_all $missing
fi
link_sources
register_commands
