-- Roles. The one that runs the migrations owns everything. Processes log in as they like and work as one of two roles
-- (`-c role=...` at connect): everpost_app is bound by row-level security to the organization of its transaction,
-- everpost_system (intake, sequencer, dispatcher) sees all organizations of the tables that it is granted, no others.
do $$
begin
  if not exists (select from pg_roles where rolname = 'everpost_app') then
    create role everpost_app nologin nosuperuser nobypassrls;
  end if;
  if not exists (select from pg_roles where rolname = 'everpost_system') then
    create role everpost_system nologin nosuperuser nobypassrls;
  end if;
end
$$;
grant everpost_app, everpost_system to current_user;
grant usage on schema public to everpost_app, everpost_system;

-- The organization of the running transaction; null (so: no row at all) where none was set.
create function current_organization() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('everpost.organization_id', true), '')::uuid;

create table organizations (
  id uuid primary key default uuidv7(),
  name text not null check (name <> ''),
  time_zone text not null default 'UTC',
  -- Overrides of DispositionPolicy and of retention; see src/domain/disposition.ts.
  settings jsonb not null default '{}',
  created_at timestamptz not null default now()
);

create table domains (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references organizations,
  name text not null unique check (name = lower(name)),
  created_at timestamptz not null default now()
);
create index on domains (organization_id);

create table mailboxes (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references organizations,
  domain_id uuid not null references domains,
  name text not null,
  -- An address, `support+*@example.org`, or `*@example.org` for every address of the domain.
  pattern text not null check (pattern = lower(pattern)),
  rules jsonb not null default '[]',
  -- Addresses of the people who are told of what needs them; without any, the mailbox itself is.
  members text[] not null default '{}',
  created_at timestamptz not null default now(),
  unique (organization_id, pattern)
);
create index on mailboxes (domain_id);

create table api_tokens (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references organizations,
  name text not null,
  hash bytea not null unique check (length(hash) = 32),
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz
);
create index on api_tokens (organization_id);

-- A token is looked up before its organization is known: the one door through row-level security, by hash alone.
create function authenticate_token(token_hash bytea) returns table (token_id uuid, organization_id uuid, name text)
  language sql stable security definer set search_path = public
begin atomic
  select t.id, t.organization_id, t.name
  from api_tokens t
  where t.hash = token_hash and t.revoked_at is null and (t.expires_at is null or t.expires_at > now());
end;
revoke execute on function authenticate_token(bytea) from public;
grant execute on function authenticate_token(bytea) to everpost_app, everpost_system;
