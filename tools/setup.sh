#!/bin/sh
# Makes .venv with a fitting Python and installs the requirement files that are its arguments, those only that changed
# since the last time. What the machine lacks is said in one line. Plain sh: it runs before anything is installed.
set -eu
cd "$(dirname "$0")/.."

stop() {
    echo "$1" >&2
    exit 1
}

# A candidate says "ok", "no-venv" or "old" and its version; even Python 2 can. A stub that is no Python says nothing.
PROBE='
import sys
version = "%d.%d" % sys.version_info[:2]
if sys.version_info < (3, 11):
    print("old " + version)
else:
    try:
        import ensurepip, venv
        print("ok " + version)
    except ImportError:
        print("no-venv " + version)
'

find_python() {
    without_venv= old=
    for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        answer=$("$python" -c "$PROBE" 2>/dev/null) || continue
        version=${answer#* }
        case $answer in
            ok*) return ;;
            no-venv*) without_venv=${without_venv:-$(basename "$python")} ;;
            old*) old=${old:-$version} ;;
        esac
    done
    if [ -n "$without_venv" ]; then
        stop "$without_venv cannot make virtual environments here: install $without_venv-venv (Debian, Ubuntu: sudo apt-get install $without_venv-venv)."
    elif [ -n "$old" ]; then
        stop "Python 3.11 or newer is needed and this machine has $old: install a newer one, or name it (PYTHON=/path/to/python3 make …)."
    fi
    stop "Python 3.11 or newer is needed and none was found: install python3 and python3-venv, or name it (PYTHON=/path/to/python3 make …)."
}

if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    find_python
    "$python" -m venv --clear .venv || stop "The virtual environment .venv could not be made: see the message above."
    mkdir -p .venv/installed
fi

changed= options=
for file in "$@"; do
    cmp -s "$file" ".venv/installed/$file" && continue
    changed="${changed:+$changed and }$file"
    options="$options -r $file"
done
[ -n "$changed" ] || exit 0

echo "Installing $changed into .venv: a few minutes the first time."
.venv/bin/python -m pip install -qq --no-input --disable-pip-version-check $options ||
    stop "pip could not install $changed: its message above says why."
for file in "$@"; do cp "$file" .venv/installed/; done
