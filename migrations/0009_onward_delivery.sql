-- Onward delivery: what was decided for delivery goes on to the mail server behind (the next hop of its domain) and to
-- addresses that rules forward to.

-- The mail server behind a domain.
create table next_hops (
  domain_id uuid primary key references domains on delete cascade,
  organization_id uuid not null references organizations,
  protocol text not null check (protocol in ('LMTP', 'SMTP')),
  -- A host and port, or the path of a Unix socket (LMTP alone).
  host text,
  port integer check (port between 1 and 65535),
  socket text,
  tls text not null check (tls in ('NONE', 'OPPORTUNISTIC', 'REQUIRED')),
  -- Certificates in PEM that it must chain to; null: those that the system trusts.
  ca text,
  username text,
  -- Sealed: src/adapters/secrets/sealed-secret.ts.
  password bytea,
  updated_at timestamptz not null default now(),
  check ((socket is null) = (host is not null and port is not null)),
  check (socket is null or protocol = 'LMTP'),
  check (password is null or username is not null)
);
create index on next_hops (organization_id);

-- The key that seals a domain's mail by ARC (RFC 8617) when it goes on.
create table arc_keys (
  domain_id uuid primary key references domains on delete cascade,
  organization_id uuid not null references organizations,
  selector text not null,
  -- PKCS #8 in PEM, sealed.
  private_key bytea not null,
  -- Of the DNS record, base64.
  public_key text not null,
  created_at timestamptz not null default now()
);
create index on arc_keys (organization_id);

-- One recipient of one message at one place: `target` is who the next server is told to deliver to.
create table onward_deliveries (
  id uuid primary key default uuidv7(),
  organization_id uuid not null,
  message_id uuid not null references messages on delete cascade,
  run_id uuid not null references runs on delete cascade,
  -- The recipient of the envelope that it is done for.
  recipient text not null,
  kind text not null check (kind in ('nextHop', 'forward')),
  target text not null,
  -- What travels together: the domain of the next hop, or the id of this row.
  route text not null,
  status text not null default 'PENDING' check (status in
    ('PENDING', 'SENDING', 'DEFERRED', 'DELIVERED', 'FAILED', 'UNCERTAIN', 'CANCELED')),
  -- Attempts that reached a server, and rounds in which the next hop was known to be down.
  attempts integer not null default 0,
  rounds integer not null default 0,
  -- The attempt whose outcome this row shows.
  attempt_id uuid,
  next_attempt_at timestamptz,
  -- The server (see delivery_circuits) that did not answer: it is tried at once when that one is back.
  waits_for text,
  reply text,
  -- Each retry that a person asks for is another workflow.
  generation integer not null default 1,
  -- The workflow code that it began on; see workflow_builds.
  build_id text,
  -- When Temporal took it; null: it waits to be started.
  started_at timestamptz,
  -- What its workflow is to be told: a person asked or the next hop is back; a person has ended some of it.
  told_to text check (told_to in ('retryNow', 'look')),
  created_at timestamptz not null default now(),
  -- When the present generation began: it is given up some days after it.
  opened_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (message_id, kind, target)
);
create index on onward_deliveries (organization_id, message_id);
create index on onward_deliveries (run_id);
create index onward_to_start on onward_deliveries (id) where started_at is null and status in ('PENDING', 'SENDING', 'DEFERRED');
create index onward_open on onward_deliveries (started_at) where status in ('PENDING', 'SENDING', 'DEFERRED');
create index onward_to_tell on onward_deliveries (id) where told_to is not null;
create index onward_waiting on onward_deliveries (organization_id, waits_for) where waits_for is not null;

-- Every attempt over SMTP or LMTP. `data_at` is the intent: committed before the end of the data is sent. An attempt
-- without outcome that has it may have delivered; one without it has not.
create table delivery_attempts (
  id uuid primary key default uuidv7(),
  organization_id uuid not null,
  delivery_id uuid not null references onward_deliveries on delete cascade,
  number integer not null,
  started_at timestamptz not null default now(),
  data_at timestamptz,
  ended_at timestamptz,
  outcome text check (outcome in ('DELIVERED', 'DEFERRED', 'FAILED', 'UNCERTAIN')),
  -- The server: protocol, name, address and port.
  remote text,
  -- Protocol and cipher; null where the connection was not encrypted.
  tls text,
  reply_code integer,
  enhanced_code text,
  reply text,
  unique (delivery_id, number)
);
create index on delivery_attempts (organization_id);

-- Servers that do not answer: while one is open, no message tries it but the one that probes.
create table delivery_circuits (
  organization_id uuid not null references organizations,
  -- Protocol, host and port.
  server text not null,
  failures integer not null,
  open_until timestamptz not null,
  reason text not null,
  since timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, server)
);

do $$
declare
  name text;
begin
  foreach name in array array['next_hops', 'arc_keys', 'onward_deliveries', 'delivery_attempts', 'delivery_circuits']
  loop
    execute format('alter table %I enable row level security', name);
    execute format(
      'create policy organization on %I to everpost_app
         using (organization_id = (select current_organization()))
         with check (organization_id = (select current_organization()))', name);
  end loop;
end
$$;
grant select, insert, update, delete on next_hops, arc_keys, delivery_circuits to everpost_app;
grant select, insert, update on onward_deliveries, delivery_attempts to everpost_app;

-- The dispatcher starts workflows and tells them what to do.
create policy system on onward_deliveries to everpost_system using (true) with check (true);
grant select, update on onward_deliveries to everpost_system;
