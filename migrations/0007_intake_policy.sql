-- Who may write to whom, before a message is taken: lists, greylisting, and how much each client usually sends.

create table address_lists (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references organizations,
  list text not null check (list in ('allow', 'deny')),
  -- What the pattern names: the envelope's sender, a recipient here, or the client's network.
  subject text not null check (subject in ('sender', 'recipient', 'client')),
  pattern text not null,
  -- Only for mail to this mailbox; null: for all.
  mailbox_id uuid references mailboxes on delete cascade,
  note text not null default '',
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  unique nulls not distinct (organization_id, list, subject, pattern, mailbox_id)
);
create index on address_lists (mailbox_id) where mailbox_id is not null;

-- Greylisting: first contacts of client network, sender and recipient, by the hash of the three.
create table greylist (
  organization_id uuid not null references organizations,
  triplet bytea not null,
  network text not null,
  first_seen timestamptz not null,
  -- Of the last attempt that counted.
  last_seen timestamptz not null,
  passed_at timestamptz,
  primary key (organization_id, triplet)
);
create index on greylist (last_seen);
create index greylist_passed on greylist (organization_id, network) where passed_at is not null;

-- Messages an hour by client network and by sender's domain, and what is usual for it.
create table sender_rates (
  organization_id uuid not null references organizations,
  source text not null,
  hour timestamptz not null,
  messages integer not null,
  -- Mean of the hours before, older ones counting less (half after a day).
  usual double precision not null,
  primary key (organization_id, source)
);

do $$
declare
  name text;
begin
  foreach name in array array['address_lists', 'greylist', 'sender_rates'] loop
    execute format('alter table %I enable row level security', name);
    execute format(
      'create policy organization on %I to everpost_app using (organization_id = (select current_organization()))
       with check (organization_id = (select current_organization()))', name);
    execute format('create policy system on %I to everpost_system using (true) with check (true)', name);
  end loop;
end $$;

grant select, insert, update, delete on address_lists to everpost_app;
grant select on address_lists to everpost_system;
grant select, delete on greylist to everpost_app;
grant select, insert, update, delete on greylist to everpost_system;
grant select on sender_rates to everpost_app;
grant select, insert, update, delete on sender_rates to everpost_system;

-- The intake counts what it refuses.
create policy system on counters to everpost_system using (true) with check (true);
grant select, insert, update on counters to everpost_system;
