-- What comes back about mail that was sent: signals, addresses that nothing is sent to, and the hours of engagement.

-- Bounces under VERP may go to a name below the domain.
create index on domains (return_path_host) where return_path_host is not null;

-- A repeated signal of one kind (an open, a click of one link) is counted on its row.
create unique index recipient_signals_counted on recipient_signals (recipient_id, kind, (coalesce(detail->>'link', '')))
  where evidence_id is null and kind in ('OPENED', 'CLICKED', 'UNSUBSCRIBED');
grant update (detail, at) on recipient_signals to everpost_app;

-- What the sender has not been told of yet (RFC 3464).
create index outgoing_bounced_to_tell on outgoing_recipients (updated_at)
  where status = 'BOUNCED' and end_told_at is null;
create index outgoing_delayed_to_tell on outgoing_recipients (opened_at)
  where status = 'DEFERRED' and delay_told_at is null;

-- Addresses that nothing, or nothing of a stream, is sent to.
create table suppressions (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references organizations,
  -- In small letters.
  address text not null check (address = lower(address) and address like '%@%'),
  reason text not null check (reason in ('HARD_BOUNCE', 'REPEATED_BOUNCES', 'COMPLAINT', 'UNSUBSCRIBED', 'MANUAL')),
  -- Which mail is kept back.
  scope text not null check (scope in ('BULK', 'ALL')),
  -- The words of the server, or of who added it.
  note text not null default '',
  -- The outgoing message whose signal brought it here.
  message_id uuid references messages on delete set null,
  created_by text not null,
  created_at timestamptz not null default now(),
  -- Null: until somebody takes it from the list.
  expires_at timestamptz,
  unique (organization_id, address, reason)
);
create index on suppressions (organization_id, id desc);
create index on suppressions (message_id) where message_id is not null;

-- Failures for now that go on: how many messages in a row could not be delivered to an address.
create table repeated_bounces (
  organization_id uuid not null references organizations,
  address text not null,
  bounces integer not null,
  last_message_id uuid not null,
  last_at timestamptz not null default now(),
  primary key (organization_id, address)
);

-- When people open, click and answer: counts by hour of the week in UTC (Monday 0:00 is 0), of an address, of the
-- domain that it is of, and of the organization (key '').
create table engagement_hours (
  organization_id uuid not null references organizations,
  scope text not null check (scope in ('ADDRESS', 'DESTINATION', 'ORGANIZATION')),
  key text not null,
  hour smallint not null check (hour between 0 and 167),
  count integer not null,
  last_at timestamptz not null default now(),
  primary key (organization_id, scope, key, hour)
);

-- Minutes east of UTC that the Date field of the correspondent's last mail stated.
alter table correspondents add column utc_offset smallint check (utc_offset between -1440 and 1440);

do $$
declare
  name text;
begin
  foreach name in array array['suppressions', 'repeated_bounces', 'engagement_hours']
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
grant select, insert, update, delete on suppressions, repeated_bounces, engagement_hours to everpost_app;
