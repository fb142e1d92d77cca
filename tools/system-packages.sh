#!/bin/sh
# Installs the Debian packages Fieldbook builds on, where they are missing: with apt when root or with sudo; otherwise prints
# the one line to run.
set -eu

packages="libopenblas-dev liblapacke-dev libcairo2-dev libpango1.0-dev libcmark-gfm-dev libcmark-gfm-extensions-dev \
zlib1g-dev libssl-dev pkg-config fonts-liberation fonts-dejavu-core"

missing=""
for package in $packages; do
  dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive $install
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
  sudo apt-get update -q
  sudo DEBIAN_FRONTEND=noninteractive $install
else
  echo "Fieldbook needs system packages. Run this once, then try again:" >&2
  echo "  sudo apt-get update && sudo $install" >&2
  exit 1
fi
