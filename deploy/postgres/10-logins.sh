#!/bin/bash
# Runs once, when the data folder is made: databases, roles and the login of each process.
#
# Nobody works as the superuser. `everpost_owner` migrates; the processes log in as members of the two roles of
# migrations/0001_roles_and_organizations.sql and inherit nothing: a connection that does not choose its role
# (`-c role=...`) can read no table.
set -euo pipefail

secrets=${SECRETS_FOLDER:-/run/secrets}

password_of() {
  sed -E 's#^[a-z]+://[^:]+:([^@]+)@.*$#\1#' "$secrets/$1_database_url"
}

TEMPORAL_PASSWORD=$(cat "$secrets/temporal_password")
OWNER_PASSWORD=$(password_of migrate)
API_PASSWORD=$(password_of api)
WORKER_PASSWORD=$(password_of worker)
INGRESS_PASSWORD=$(password_of ingress)
export TEMPORAL_PASSWORD OWNER_PASSWORD API_PASSWORD WORKER_PASSWORD INGRESS_PASSWORD

# Passwords go by the environment: arguments of a process are seen by others.
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv temporal_password TEMPORAL_PASSWORD
\getenv owner_password OWNER_PASSWORD
\getenv api_password API_PASSWORD
\getenv worker_password WORKER_PASSWORD
\getenv ingress_password INGRESS_PASSWORD

create role everpost_app nologin nosuperuser nobypassrls;
create role everpost_system nologin nosuperuser nobypassrls;
create role everpost_owner login password :'owner_password';
grant everpost_app, everpost_system to everpost_owner with admin option;
create role everpost_api login noinherit password :'api_password';
create role everpost_worker login noinherit password :'worker_password';
create role everpost_ingress login noinherit password :'ingress_password';
grant everpost_app, everpost_system to everpost_api, everpost_worker;
grant everpost_system to everpost_ingress;

create role temporal login password :'temporal_password';

create database everpost owner everpost_owner;
create database temporal owner temporal;
create database temporal_visibility owner temporal;
revoke connect on database everpost, temporal, temporal_visibility from public;
grant connect on database everpost to everpost_api, everpost_worker, everpost_ingress;
SQL
