-- Webhooks: what happens in an organization is posted to addresses that it names, signed, in order for each message.

create table webhooks (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references organizations,
  url text not null,
  description text not null default '',
  -- Kinds of events: `*`, `message.*`, `message.status`.
  events text[] not null,
  enabled boolean not null default true,
  disabled_at timestamptz,
  disabled_because text check (disabled_because in ('PERSON', 'GONE', 'FAILING')),
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- Its rows are deleted by and by.
  deleted_at timestamptz,
  -- The cursor: events of the feed up to here have become deliveries, where it wants them.
  position bigint not null,
  -- Events that the feed kept no longer when their turn came.
  lost bigint not null default 0,
  -- Of the endpoint: failures one after the other, and how long it is left alone.
  failures integer not null default 0,
  failing_since timestamptz,
  rests_until timestamptz,
  -- Which activity works on it, until when it is thought to live, and on which build.
  claim uuid,
  claimed_until timestamptz,
  build_id text,
  -- When something is due; its workflow sleeps until then.
  due_at timestamptz,
  -- Its workflow is to be woken, and was last.
  wake boolean not null default false,
  woken_at timestamptz
);
create index on webhooks (organization_id);
create index webhooks_to_wake on webhooks (due_at) where enabled and deleted_at is null;
create index webhooks_deleted on webhooks (id) where deleted_at is not null;

-- Each in force signs: while a secret is rotated there are two.
create table webhook_secrets (
  id uuid primary key default uuidv7(),
  organization_id uuid not null,
  webhook_id uuid not null references webhooks on delete cascade,
  sealed bytea not null,
  created_at timestamptz not null default now(),
  -- Null: until another one takes its place.
  expires_at timestamptz
);
create index on webhook_secrets (webhook_id);
create index on webhook_secrets (organization_id);

-- An event for a webhook. It has what is sent, so that a dead letter outlives the feed.
create table webhook_deliveries (
  webhook_id uuid not null references webhooks on delete cascade,
  position bigint not null,
  organization_id uuid not null,
  kind text not null,
  at timestamptz not null,
  message_id uuid,
  payload jsonb not null,
  status text not null default 'PENDING' check (status in ('PENDING', 'DELIVERED', 'FAILED')),
  attempts integer not null default 0,
  -- When this series of attempts began: it is given up some days after it.
  opened_at timestamptz not null default now(),
  -- Null: never again.
  next_attempt_at timestamptz default now(),
  last_attempt_at timestamptz,
  -- HTTP status; null where none came.
  last_code integer,
  -- What the endpoint said, its beginning, or what stands for it.
  last_answer text,
  ended_at timestamptz,
  primary key (webhook_id, position)
);
create index on webhook_deliveries (organization_id);
create index webhook_waiting on webhook_deliveries (webhook_id, message_id, position) where status = 'PENDING';
create index webhook_due on webhook_deliveries (webhook_id, next_attempt_at) where status = 'PENDING';
create index webhook_dead on webhook_deliveries (webhook_id, position) where status = 'FAILED';
create index webhook_ended on webhook_deliveries (status, ended_at) where ended_at is not null;

-- Not all that people are told is about a message.
alter table notifications alter column message_id drop not null;

do $$
declare
  name text;
begin
  foreach name in array array['webhooks', 'webhook_secrets', 'webhook_deliveries']
  loop
    execute format('alter table %I enable row level security', name);
    execute format(
      'create policy organization on %I to everpost_app
         using (organization_id = (select current_organization()))
         with check (organization_id = (select current_organization()))', name);
    execute format('create policy system on %I to everpost_system using (true) with check (true)', name);
  end loop;
end
$$;
grant select, insert, update on webhooks, webhook_deliveries to everpost_app;
grant select, insert, update, delete on webhook_secrets to everpost_app;
-- The duty makes deliveries of events, wakes workflows and deletes what is old.
grant select, update, delete on webhooks to everpost_system;
grant select, insert, update, delete on webhook_deliveries to everpost_system;
