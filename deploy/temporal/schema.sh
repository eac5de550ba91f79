#!/bin/sh
# Brings Temporal's two databases to the schema of its release; running it again changes nothing.
set -eu

SQL_PASSWORD=$(cat "${SECRETS_FOLDER:-/run/secrets}/temporal_password")
export SQL_PASSWORD
schema=${TEMPORAL_SCHEMA_FOLDER:-/etc/temporal/schema}/postgresql/v12

tool() {
  database=$1
  shift
  temporal-sql-tool --plugin postgres12 --endpoint "$POSTGRES_HOST" --port "$POSTGRES_PORT" --user temporal \
    --database "$database" "$@"
}

tool temporal setup-schema --version 0.0
tool temporal update-schema --schema-dir "$schema/temporal/versioned"
tool temporal_visibility setup-schema --version 0.0
tool temporal_visibility update-schema --schema-dir "$schema/visibility/versioned"
