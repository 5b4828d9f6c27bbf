#!/bin/sh
# Sets a machine up and runs a task: sh scripts/bootstrap.sh TASK [ARGUMENTS...]
# Everything it installs lies in .deno/ and node_modules/ of this folder, but for the software
# adapter that `test` has apt install where there is no other.
set -eu

PINNED=2.9.6

fail() {
  echo "bootstrap: $*" >&2
  exit 1
}

# Whether a version is PINNED or later, of the same major version.
fits() {
  printf '%s\n' "$1" | awk -v pinned="$PINNED" -F. '{
    split(pinned, need, ".")
    exit !($1 == need[1] && ($2 > need[2] || ($2 == need[2] && $3 + 0 >= need[3])))
  }'
}

version_of() {
  "$1" --version 2>/dev/null | sed -n '1s/^deno \([0-9.]*\).*/\1/p'
}

# Runs a command with its output kept back; on failure leaves that in $said, as one line.
quietly() {
  if said=$("$@" 2>&1); then return 0; fi
  said=$(printf '%s\n' "$said" | sed '/complete log of this run/d; s/^npm error //' | tr -s '\n' ' ' | cut -c 1-400 | sed 's/ $//')
  return 1
}

# The npm package is a launcher; the program itself comes as one optional package per platform.
install_with_npm() {
  quietly npm install --prefix "$1" --cache "$1/cache" --no-save --no-package-lock --no-audit \
    --no-fund --ignore-scripts --include=optional --loglevel=error "deno@$PINNED" || return 1
  mv "$1"/node_modules/@deno/*/deno "$1/deno" 2>/dev/null && return 0
  said="npm has no Deno for this platform"
  return 1
}

install_with_curl() {
  quietly curl -fsSL -o "$1/install.sh" https://deno.land/install.sh || return 1
  quietly env DENO_INSTALL="$1" sh "$1/install.sh" "v$PINNED" --yes --no-modify-path || return 1
  mv "$1/bin/deno" "$1/deno"
}

# Installs the pinned Deno as $1: moved there whole, so that a break leaves nothing half done.
install_deno() {
  scratch="$root/.deno/install.$$"
  mkdir -p "$scratch" "${1%/*}" 2>/dev/null || fail "Cannot install Deno: $root/.deno is not writable"
  trap 'rm -rf "$scratch"' EXIT
  trap 'exit 1' HUP INT TERM
  problem=
  echo "bootstrap: installing Deno $PINNED into .deno/" >&2
  if command -v npm >/dev/null; then
    install_with_npm "$scratch" || problem="npm says: $said"
  fi
  if [ ! -f "$scratch/deno" ] && command -v curl >/dev/null; then
    install_with_curl "$scratch" || problem="${problem:+$problem; }curl says: $said"
  fi
  [ -f "$scratch/deno" ] ||
    fail "Cannot install Deno $PINNED: ${problem:-npm or curl is needed, found neither}"
  [ "$(version_of "$scratch/deno")" = "$PINNED" ] ||
    fail "Cannot install Deno $PINNED: the program installed does not run on this machine"
  mv "$scratch/deno" "$1"
  rm -rf "$scratch"
  trap - EXIT HUP INT TERM
}

# On Linux only Vulkan counts: an OpenGL adapter has fewer features and tighter limits.
has_adapter() {
  (
    if [ "$(uname -s)" = Linux ]; then
      export DENO_WEBGPU_BACKEND="${DENO_WEBGPU_BACKEND:-vulkan}"
    fi
    deno eval 'Deno.exit(await navigator.gpu.requestAdapter() ? 0 : 1)' >/dev/null 2>&1
  )
}

apt_install_adapter() {
  quietly apt-get -qq update &&
    quietly apt-get -qq install -y --no-install-recommends mesa-vulkan-drivers libvulkan1
}

see_to_adapter() {
  if has_adapter; then return 0; fi
  missing="no WebGPU adapter found: install a Vulkan driver, or Mesa's in software"
  missing="$missing (Debian, Ubuntu: apt-get install mesa-vulkan-drivers libvulkan1)"
  if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
    echo "bootstrap: $missing" >&2
    return 0
  fi
  echo "bootstrap: no WebGPU adapter found, installing Mesa's in software (lavapipe)" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt_install_adapter || { sleep 5 && apt_install_adapter; } ||
    { echo "bootstrap: Cannot install Mesa's adapter: $said" >&2 && return 0; }
  has_adapter || echo "bootstrap: Mesa is installed, still $missing" >&2
}

has_browser() {
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null ||
    command -v google-chrome >/dev/null
}

apt_install_browser() {
  quietly apt-get -qq update && quietly apt-get -qq install -y --no-install-recommends chromium
}

see_to_browser() {
  if has_browser; then return 0; fi
  if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
    echo "bootstrap: no Chromium found: tests of pages are left out" >&2
    return 0
  fi
  echo "bootstrap: no Chromium found, installing it for the tests of pages" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt_install_browser || { sleep 5 && apt_install_browser; } ||
    echo "bootstrap: Cannot install Chromium: $said" >&2
}

[ $# -gt 0 ] || { echo "Usage: sh scripts/bootstrap.sh TASK [ARGUMENTS...]" >&2 && exit 2; }
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
cd "$root"

export DENO_NO_UPDATE_CHECK=1 DENO_NO_PROMPT=1

if ! { command -v deno >/dev/null && fits "$(version_of deno)"; }; then
  own="$root/.deno/$PINNED/deno"
  [ "$(version_of "$own")" = "$PINNED" ] || install_deno "$own"
  PATH="${own%/*}:$PATH" # tasks call deno by name
fi

quietly env NO_COLOR=1 deno install --frozen --quiet || fail "Cannot install dependencies: $said"
if [ "$1" = test ]; then
  see_to_adapter
  see_to_browser
fi
exec deno task --quiet "$@"
