#!/bin/bash
# Installs the Debian packages that tests and bench use; quick when they are there.
set -euo pipefail

# program        package          used for
programs=(
  docker-compose=docker-compose # test/integration/compose.test.ts checks docker-compose.yml
  mvn=maven                     # test/workflows fetch a Temporal server that skips time, and run it (brings Java)
  python3=python3                # test/integration/incoming-parsing makes archive bombs with it
  smtp-source=postfix           # the bench compares SMTP intake with Postfix's
)

missing=()
for entry in "${programs[@]}"; do
  PATH="$PATH:/usr/sbin" command -v "${entry%%=*}" >/dev/null || missing+=("${entry##*=}")
done
if [ ${#missing[@]} -eq 0 ]; then
  echo 'all packages are installed'
  exit 0
fi

echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# What is installed for its programs must not begin to serve: 101 tells the packages' scripts not to start anything.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
  trap 'rm -f "$policy"' EXIT
fi
if [[ " ${missing[*]} " == *' postfix '* ]]; then
  echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
fi
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null
