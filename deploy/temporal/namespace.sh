#!/bin/sh
# Makes the namespace where it is missing. How long it keeps ended runs is set by the migrations.
set -eu

# A server that has just opened its port may not yet have elected who serves namespaces.
attempt=1
until temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE"; do
  [ "$attempt" -lt 30 ] || exit 1
  attempt=$((attempt + 1))
  sleep 2
done

# The server answers "not found" for a namespace until its cache has it.
until temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; do
  [ "$attempt" -lt 60 ] || exit 1
  attempt=$((attempt + 1))
  sleep 2
done
echo "the namespace $TEMPORAL_NAMESPACE is there"
