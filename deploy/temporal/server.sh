#!/bin/sh
# The image takes its database password from the environment alone; here it comes from a file.
set -eu

POSTGRES_PWD=$(cat "${SECRETS_FOLDER:-/run/secrets}/temporal_password")
export POSTGRES_PWD
exec /etc/temporal/entrypoint.sh "$@"
