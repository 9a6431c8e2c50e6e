#!/bin/sh
# Installs what Cinedex needs below this folder and nothing elsewhere: sh local/setup.sh [run|check|mutation]
#
#   run       .venv and .venv-emulator: everything but the checks (the default)
#   check     .venv-sam as well, for `make check`
#   mutation  .venv-mutation as well, for `make mutants`
#
# Each environment keeps a copy of the lock it was made from, so a second run takes no time. What is missing is installed
# at the same time: each keeps one core busy.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

oldest=11 newest=13 # the minor versions that `requires-python` in pyproject.toml promises; a test compares the two
promised="Python 3.$oldest to 3.$newest"
export PYTHONUTF8=1 # pip writes paths, which may hold more than ASCII

version_of() { # PYTHON -> such as 3.11.7; fails where it does not run, as a shim of pyenv may, or cannot make environments
    "$1" -c 'import ensurepip, sys, venv; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null
}

is_promised() { # VERSION
    minor=${1#3.}
    minor=${minor%%.*}
    case $1 in 3.*) [ "$minor" -ge "$oldest" ] && [ "$minor" -le "$newest" ] ;; *) false ;; esac
}

take() { # REASON PYTHON … -> sets python, version and reason to the first that is promised
    reason=$1
    shift
    for python in "$@"; do
        version=$(version_of "$python") && is_promised "$version" && return
    done
    false
}

newest_first() { # FORMAT -> the format with each promised minor version, newest first
    minor=$newest
    while [ "$minor" -ge "$oldest" ]; do
        printf "$1\n" "$minor"
        minor=$((minor - 1))
    done
}

take_of_pyenv() {
    versions=${PYENV_ROOT:-${HOME:-}/.pyenv}/versions
    for name in $(newest_first '3.%d'); do
        take "pyenv has it, and no Python on the PATH will do" "$versions/$name".*/bin/python && return
    done
    false
}

find_python() { # sets python, version and reason
    if [ -n "${PYTHON:-}" ]; then
        take "PYTHON names it" "$PYTHON" && return
        said=$("$PYTHON" --version 2>/dev/null) && fact="is $said" || fact="cannot be run"
        echo "Cinedex runs on $promised, and PYTHON=$PYTHON $fact." >&2
        return 1
    fi
    take "the newest on the PATH that will do" $(newest_first 'python3.%d') python3 python && return
    take_of_pyenv && return
    echo "Cinedex needs $promised, with the modules venv and ensurepip; found: $(python3 --version 2>/dev/null || echo "no python3 that can be run")." >&2
    echo "Install one from https://www.python.org or your package manager, or name one: PYTHON=/path/to/python3.$newest make setup" >&2
    return 1
}

made_by_another() { # ENVIRONMENT: whether PYTHON names another Python than the one that it was made by
    [ -n "${PYTHON:-}" ] && [ "$(version_of "$PYTHON")" != "$(version_of "$1/bin/python")" ]
}

install() { # ENVIRONMENT LOCK
    echo "Installing $(grep -c '^[a-z0-9._-]*==' "$2") packages into $1; this takes a minute or two …"
    began=$(date +%s)
    "$python" -m venv --clear "$1" # nothing of another Python or of an earlier lock stays
    # -qq: pip's advice about its own version and about other sources would only hide real errors.
    "$1/bin/python" -m pip install -qq --disable-pip-version-check --no-compile --no-deps --require-hashes -r "$2"
    # On all cores, which pip does not; some packages hold files for other versions of Python.
    "$1/bin/python" -m compileall -qq -j 0 "$1/lib" || true
    cp "$2" "$1/installed.txt"
    echo "  $1: done in $(($(date +%s) - began)) s"
}

install_all() { # ENVIRONMENT:LOCK …
    find_python
    echo "Taking Python $version ($(command -v "$python")): $reason."
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

quoted() { # PATH -> what stands between single quotes
    printf %s "$1" | sed "s/'/'\\\\''/g"
}

link_sources() {
    if grep -qs cinedex_client .venv/bin/cinedex; then # an earlier version started another module
        return
    fi
    site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    printf '%s\n%s\n%s\n' "$root" "$root/layers/core" "$root/clients/python" >"$site/cinedex.pth"
    # A script of sh, as a line that begins with #! holds no space and no more than 127 bytes.
    printf "#!/bin/sh\nPYTHONUTF8=1 exec '%s/.venv/bin/python' -P -m cinedex_client.cli \"\$@\"\n" "$(quoted "$root")" >.venv/bin/cinedex
    chmod +x .venv/bin/cinedex
}

share_packages() { # the tests run in .venv-mutation, too: what it does not have itself, Python takes from .venv
    shared=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    own=$(.venv-mutation/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    printf '%s\n%s\n%s\n%s\n' "$shared" "$root" "$root/layers/core" "$root/clients/python" >"$own/cinedex.pth"
}

register_commands() { # as an installed distribution would: the client finds the commands of the local stack by this file
    for site in .venv/lib/python3*/site-packages; do
        [ -d "$site" ] || continue
        info="$site/cinedex_local-0.dist-info"
        if cmp -s local/entry_points.txt "$info/entry_points.txt"; then
            continue
        fi
        mkdir -p "$info"
        printf 'Metadata-Version: 2.1\nName: cinedex-local\nVersion: 0\n' >"$info/METADATA"
        cp local/entry_points.txt "$info/entry_points.txt"
    done
}

wanted=".venv:requirements/all.txt .venv-emulator:requirements/emulator.txt"
case "${1:-run}" in
check) wanted="$wanted .venv-sam:requirements/sam.txt" ;;
mutation) wanted="$wanted .venv-mutation:requirements/mutation.txt" ;;
esac
missing=
for pair in $wanted; do
    if ! cmp -s "${pair#*:}" "${pair%%:*}/installed.txt" || made_by_another "${pair%%:*}"; then
        missing="$missing $pair"
    fi
done
if [ -n "$missing" ]; then
    install_all $missing
fi
link_sources
register_commands
if [ "${1:-run}" = mutation ]; then
    share_packages
fi
