#!/bin/sh
# Makes the secrets that docker-compose.yml reads, once: what is there already stays as it is.
#
# The folder is closed to everybody else (700). The files in it are readable (444): compose mounts each one as it is
# into its container, whose process is another user than the one that owns it here.
set -eu

folder=${1:-$(dirname "$0")/secrets}
mkdir -p "$folder"
chmod 700 "$folder"

password() {
  # Hexadecimal: it stands in URLs and in YAML as it is.
  od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

keep() {
  if [ -e "$folder/$1" ]; then
    echo "kept  $folder/$1"
    return
  fi
  (umask 077 && printf '%s\n' "$2" >"$folder/$1.new")
  chmod 444 "$folder/$1.new"
  mv "$folder/$1.new" "$folder/$1"
  echo "made  $folder/$1"
}

keep postgres_password "$(password)"
keep temporal_password "$(password)"
# Seals what people entrust to Everpost: 32 bytes. Without it those secrets have to be entered again: back it up.
keep secret_key "$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')"
# Empty until there is a provider whose key it is: docs/ai.md.
keep ai_api_key ''
keep migrate_database_url "postgresql://everpost_owner:$(password)@postgres:5432/everpost"
for process in api worker ingress; do
  keep "${process}_database_url" "postgresql://everpost_$process:$(password)@postgres:5432/everpost"
done
