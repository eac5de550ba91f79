-- The ways that outgoing mail leaves by, and how fast it may go.

create table delivery_routes (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references organizations,
  name text not null,
  kind text not null check (kind in ('DIRECT', 'SMARTHOST', 'POOL')),
  host text,
  port integer check (port between 1 and 65535),
  tls text check (tls in ('NONE', 'OPPORTUNISTIC', 'REQUIRED', 'IMPLICIT')),
  -- Certificates in PEM that the smart host's must chain to; null: those that the system trusts.
  ca text,
  username text,
  -- Sealed: src/adapters/secrets/sealed-secret.ts.
  password bytea,
  -- The address that connections come from, and what we call ourselves there.
  source_address inet,
  hello_name text,
  -- Most conversations at once with one destination (or the smart host), most messages a minute over all of them.
  concurrency integer check (concurrency > 0),
  rate_per_minute integer check (rate_per_minute > 0),
  -- Messages a day from this day on, one number a day; no limit after the last.
  warm_up_from date,
  warm_up integer[],
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, name),
  check ((kind = 'SMARTHOST') = (host is not null and port is not null and tls is not null)),
  check (password is null or username is not null),
  check ((warm_up is null) = (warm_up_from is null))
);

create table delivery_pool_members (
  organization_id uuid not null references organizations,
  pool_id uuid not null references delivery_routes on delete cascade,
  -- A route that a pool is made of cannot be deleted.
  route_id uuid not null references delivery_routes,
  weight integer not null check (weight > 0),
  primary key (pool_id, route_id)
);
create index on delivery_pool_members (organization_id);
create index on delivery_pool_members (route_id);

-- By which route mail to a destination goes; the closest pattern counts, and the default route where none does.
create table delivery_assignments (
  organization_id uuid not null references organizations,
  -- `example.org`, `*.example.org`, `*`; A-labels in small letters.
  pattern text not null check (pattern = lower(pattern)),
  -- A route that mail is assigned to cannot be deleted.
  route_id uuid not null references delivery_routes,
  updated_at timestamptz not null default now(),
  primary key (organization_id, pattern)
);
create index on delivery_assignments (route_id);

-- How fast mail goes to a destination by a path, of all organizations together: to a server they are all one sender.
create table delivery_paces (
  -- What a server sees us as: `direct`, `direct 192.0.2.1`, `smtp://host:25`; `route <id>` for what a route itself allows.
  path text not null,
  -- A domain; empty for a smart host and for a route.
  destination text not null,
  -- Pace of src/domain/outgoing/pace.ts.
  concurrency real not null,
  rate_per_minute real,
  tokens real not null,
  tokens_at timestamptz not null,
  seen_per_minute real not null,
  seen_at timestamptz not null,
  paused_until timestamptz not null,
  slowdowns integer not null,
  slowed_at timestamptz not null,
  failures integer not null,
  reason text,
  -- Messages of a warm-up, and the day (UTC) that they count for.
  day date,
  used_of_day integer not null default 0,
  primary key (path, destination)
);
create index on delivery_paces (seen_at);

-- What each worker may have under way for each organization. Lost with a crash of the database: then it is asked for anew.
create unlogged table delivery_leases (
  path text not null,
  destination text not null,
  organization_id uuid not null,
  worker uuid not null,
  -- Conversations that it would have under way, and those that it may have or has.
  wanted integer not null,
  slots integer not null,
  -- When the organization was given something here last.
  served_at timestamptz not null,
  -- A worker that has not come back by then is dead.
  expires_at timestamptz not null,
  primary key (path, destination, organization_id, worker)
);
create index on delivery_leases (expires_at);

-- What came of attempts, by spans of ten minutes: the health of routes and destinations.
create table delivery_counts (
  organization_id uuid not null references organizations,
  route text not null,
  path text not null,
  destination text not null,
  span timestamptz not null,
  delivered integer not null default 0,
  deferred integer not null default 0,
  failed integer not null default 0,
  uncertain integer not null default 0,
  primary key (organization_id, span, route, path, destination)
);
create index on delivery_counts (organization_id, path, destination);
create index on delivery_counts (span);

-- MTA-STS policies (RFC 8461) as they were fetched, until they expire. What a domain publishes is the same for everybody.
create table mta_sts_policies (
  domain text primary key,
  -- `id` of its TXT record.
  policy_id text not null,
  -- Mode, patterns of hosts, seconds.
  policy jsonb not null,
  expires_at timestamptz not null,
  fetched_at timestamptz not null default now()
);

do $$
declare
  name text;
begin
  foreach name in array array['delivery_routes', 'delivery_pool_members', 'delivery_assignments', 'delivery_counts']
  loop
    execute format('alter table %I enable row level security', name);
    execute format(
      'create policy organization on %I to everpost_app
         using (organization_id = (select current_organization()))
         with check (organization_id = (select current_organization()))', name);
    execute format('create policy system on %I to everpost_system using (true) with check (true)', name);
  end loop;
  foreach name in array array['delivery_paces', 'delivery_leases', 'mta_sts_policies']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('create policy system on %I to everpost_system using (true) with check (true)', name);
  end loop;
end
$$;
-- Whoever sends somewhere may see how it goes there, and nobody learns where others send to.
create policy organization on delivery_paces for select to everpost_app using (
  path in (select 'route ' || r.id from delivery_routes r)
  or exists (
    select from delivery_counts c
    where c.organization_id = (select current_organization()) and c.path = delivery_paces.path
      and c.destination = delivery_paces.destination));

grant select, insert, update, delete on delivery_routes, delivery_pool_members, delivery_assignments to everpost_app;
grant select on delivery_counts, delivery_paces to everpost_app;
grant select, insert, update, delete on delivery_paces, delivery_leases, delivery_counts, mta_sts_policies to everpost_system;
