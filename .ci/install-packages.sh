#!/bin/bash
# Installs the Debian packages that tests and bench use; quick when they are there.
set -euo pipefail

# program        package          used for
programs=(
  docker-compose=docker-compose # test/integration/compose.test.ts checks docker-compose.yml
  mvn=maven                     # test/workflows fetch a Temporal server that skips time, and run it (brings Java)
  python3=python3                # test/integration/incoming-parsing makes archive bombs with it
  smtp-source=postfix           # the bench compares SMTP intake with Postfix's
  clamd=clamav-daemon           # test/integration/scanners.test.ts: viruses and archive bombs
  dnsmasq=dnsmasq-base          # the same: a resolver that answers rspamd at once
  rspamd=rspamd                 # the same: its score
  spamd=spamd                   # the same: SpamAssassin's score
  dovecot=dovecot-core          # test/support/dovecot.ts: the mail server behind, for onward delivery and IMAP
  /usr/lib/dovecot/lmtp=dovecot-lmtpd # the same: its LMTP
  /usr/lib/dovecot/imap=dovecot-imapd # the same: its IMAP
  openssl=openssl               # test/support/openssl.ts makes certificates and S/MIME mail
  gpg=gnupg                     # test/support/gnupg.ts opens and verifies OpenPGP mail that we made
  smtp-sink=postfix             # test/integration/onward: an SMTP server that refuses, hangs or breaks off
  apertium=apertium             # translation: test/integration/translation, bench/quality/translation.ts
  /usr/share/apertium/modes/eng-spa.mode=apertium-eng-spa # the same: English and Spanish
  /usr/share/apertium/modes/fr-es.mode=apertium-fr-es     # the same: French and Spanish
  apertium-apy=apertium-apy     # the same: Apertium's HTTP server
  ffmpeg=ffmpeg                 # voice: recordings to PCM
  pocketsphinx_continuous=pocketsphinx # voice: spoken commands
  /usr/share/pocketsphinx/model/en-us/en-us/mdef=pocketsphinx-en-us # the same: its model of English
  espeak-ng=espeak-ng           # voice: speech to test with, and how names are pronounced
  opendkim=opendkim             # bench/delivery: Postfix signs with it
  opendkim-testmsg=opendkim-tools # test/integration/domains/dkim-verifiers.test.ts: verifies what we sign
  ip=iproute2                   # the same: a name server that OpenDKIM asks
  /usr/lib/python3/dist-packages/dkim=python3-dkim # the same: another verifier
  /usr/lib/python3/dist-packages/nacl=python3-nacl # the same: its Ed25519
)

missing=()
for entry in "${programs[@]}"; do
  # What is named by its path may be data, which no shell can run.
  [ -e "${entry%%=*}" ] || PATH="$PATH:/usr/sbin" command -v "${entry%%=*}" >/dev/null || missing+=("${entry##*=}")
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
