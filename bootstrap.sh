#!/bin/sh
# Makes .venv from the hashed locks. Usage: ./bootstrap.sh [run|dev|test|lock]
#   run   what the application needs          dev   and what its tests and checks need
#   test  dev, a browser and Pango for tests    lock  dev, then compiles the locks anew from pyproject.toml
# Nothing is done twice: a stamp in .venv names the locks that it was made from.
set -eu
cd "$(dirname "$0")"
unset PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH VIRTUAL_ENV || true
UV_SYSTEM_CERTS=1 # behind a hospital's proxy only the system's list of certificates knows the proxy
PIP_DISABLE_PIP_VERSION_CHECK=1
export UV_SYSTEM_CERTS PIP_DISABLE_PIP_VERSION_CHECK
what=${1:-run}
case $what in run | dev | test | lock) ;; *) sed -n '2,4p' "$0"; exit 2 ;; esac
began=$(date +%s)

say() { printf '[%3ss] %s\n' $(($(date +%s) - began)) "$*"; }
fail() { printf '\n%s\n' "$*" >&2; exit 1; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer is needed and none was found. Install one, or name it: PYTHON=/path/to/python3 make"
}

apt_install() { # as root on Debian and its relatives; false elsewhere
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    say "apt-get install $*"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >.apt.log 2>&1 ||
        { apt-get update -q >.apt.log 2>&1 &&
            DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >>.apt.log 2>&1; } ||
        { tail -n 5 .apt.log >&2; rm -f .apt.log; return 1; }
    rm -f .apt.log
}

make_venv() {
    python=$(find_python)
    rm -rf .venv
    say "environment with $("$python" --version) in .venv"
    if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$python" -m venv .venv
    elif command -v uv >/dev/null && uv venv --quiet --seed --python "$python" .venv; then
        :
    elif "$python" -c 'import venv, pip' 2>/dev/null; then
        "$python" -m venv --without-pip .venv
        "$python" -m pip --python .venv/bin/python install --quiet pip ||
            fail "pip could not be put into .venv. Try: sudo apt install python3-venv, then the same command again."
    else
        apt_install python3-venv ||
            fail "This Python cannot make environments. Type: sudo apt install python3-venv   then the same command again."
        "$python" -m venv .venv
    fi
}

install_from() { # lock file
    if ! .venv/bin/python -m uv --version >/dev/null 2>&1; then
        say "installer (uv)"
        .venv/bin/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements-uv.lock ||
            say "uv has no wheel for this machine; pip goes on alone, which takes a minute"
    fi
    say "packages of $1"
    if .venv/bin/python -m uv --version >/dev/null 2>&1; then
        UV_LINK_MODE=${UV_LINK_MODE:-copy} .venv/bin/python -m uv pip install --quiet --python .venv/bin/python \
            --require-hashes --compile-bytecode -r "$1" && return
    else
        .venv/bin/python -m pip install --quiet --require-hashes -r "$1" && return
    fi
    fail "The packages could not be installed (see above). Is the package index within reach? Then the same command again."
}

digest() { cat "$@" | cksum | tr -d ' '; }

install_environment() { # run|dev
    if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        make_venv
    fi
    case $1 in run) lock=requirements.lock ;; dev) lock=requirements-dev.lock ;; esac
    mark=$(digest requirements.lock requirements-dev.lock requirements-uv.lock)
    if [ "$(cat ".venv/made-for-$1" 2>/dev/null)" = "$mark" ]; then return; fi
    if [ "$1" = run ] && [ "$(cat .venv/made-for-dev 2>/dev/null)" = "$mark" ]; then return; fi
    install_from "$lock"
    echo "$mark" >".venv/made-for-$1"
    say "environment ready"
}

install_browser() {
    if [ -n "${CHROMIUM:-}" ]; then return; fi
    # The same Chromium without its window draws a page in two thirds of the time.
    if command -v chromium-headless-shell >/dev/null; then return; fi
    if apt_install chromium-headless-shell fonts-liberation libatomic1 2>/dev/null; then
        say "browser ready"
        return
    fi
    for browser in chromium chromium-browser google-chrome; do
        if command -v $browser >/dev/null; then return; fi
    done
    apt_install chromium fonts-liberation libatomic1 ||
        fail "The browser tests need Chromium. Type: sudo apt install chromium fonts-liberation libatomic1   then make test again.
(Another browser of its family: CHROMIUM=/path/to/it make test)"
    say "browser ready"
}

install_pango() { # for PDFs; where it cannot be had only these are missing
    missing=""
    for library in libpango-1.0.so.0 libpangoft2-1.0.so.0 libharfbuzz-subset.so.0; do
        { ldconfig -p 2>/dev/null || /sbin/ldconfig -p 2>/dev/null; } | grep -q "$library" || missing=yes
    done
    if [ -z "$missing" ]; then return; fi
    apt_install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 ||
        fail "The tests of PDFs need Pango. Type: sudo apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0   then make test again."
}

compile_locks() {
    compile="./.venv/bin/python -m uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 ${UPGRADE:+--upgrade}"
    say "compiling the locks"
    $compile pyproject.toml -o requirements.lock
    $compile pyproject.toml --group dev -o requirements-dev.lock
    grep '^uv==' requirements-dev.lock | sed 's/ .*//' | $compile - -o requirements-uv.lock
    if grep -nE '://|--index-url' requirements*.lock; then fail "A lock names a host; it must not."; fi
    say "locks written; look at the difference, then commit them"
}

# Two commands at once in one checkout: the second waits.
if command -v flock >/dev/null && [ -z "${BOOTSTRAP_LOCKED:-}" ]; then
    BOOTSTRAP_LOCKED=1 exec flock bootstrap.sh ./bootstrap.sh "$@"
fi
case $what in
run) install_environment run ;;
dev) install_environment dev ;;
test) install_environment dev && install_browser && install_pango ;;
lock) install_environment dev && compile_locks ;;
esac
