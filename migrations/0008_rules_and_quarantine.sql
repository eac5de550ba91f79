-- Disposition rules (src/domain/rules.ts), asked in the order of `position`.
create table disposition_rules (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references organizations,
  position integer not null,
  enabled boolean not null,
  name text not null,
  -- CEL over the variables of src/domain/rule-variables.ts.
  expression text not null,
  -- RuleAction[].
  actions jsonb not null,
  stop boolean not null,
  overrides boolean not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index on disposition_rules (organization_id, position);

create table message_labels (
  organization_id uuid not null,
  message_id uuid not null references messages on delete cascade,
  label text not null,
  -- The rule or person that put it there.
  set_by text not null,
  set_at timestamptz not null default now(),
  primary key (message_id, label)
);
create index on message_labels (organization_id, label, message_id);

-- Where a rule redirected it: the address that the mail server behind is told, where the mailbox has one of its own.
alter table message_recipients add column deliver_to text;

-- Why a message became what it became: Decision of src/domain/disposition.ts.
alter table runs add column decision jsonb;

-- A message that was deleted from the quarantine: its bytes and what was made of its text are gone, the row stays.
alter table messages add column deleted_at timestamptz;
alter table messages add column deleted_by text;
create index messages_quarantined on messages (organization_id, id)
  where status = 'QUARANTINED' and deleted_at is null;

-- Who was written to before: what rules call a known correspondent, beside those of migration 0012.
create index messages_sent_to on messages using gin (to_addresses) where direction = 'OUTGOING';

-- One digest a mailbox and day of the organization; in the transaction that accepts its mail, so never two.
create table quarantine_digests (
  organization_id uuid not null references organizations,
  mailbox_id uuid not null references mailboxes on delete cascade,
  day date not null,
  -- Null where nothing was quarantined.
  message_id uuid references messages on delete set null,
  entries integer not null,
  -- What was quarantined up to then is told.
  told_until timestamptz not null,
  primary key (mailbox_id, day)
);
create index on quarantine_digests (mailbox_id, told_until desc);

do $$
declare
  name text;
begin
  foreach name in array array['disposition_rules', 'message_labels', 'quarantine_digests'] loop
    execute format('alter table %I enable row level security', name);
    execute format(
      'create policy organization on %I to everpost_app
         using (organization_id = (select current_organization()))
         with check (organization_id = (select current_organization()))', name);
  end loop;
  -- The intake asks rules during the SMTP session; the quarantine's duty writes digests and ends retention.
  foreach name in array array['disposition_rules', 'quarantine_digests', 'message_words', 'steps'] loop
    execute format('create policy system on %I to everpost_system using (true) with check (true)', name);
  end loop;
end
$$;
grant select, insert, update, delete on disposition_rules, message_labels to everpost_app;
grant select on quarantine_digests to everpost_app;
grant select on disposition_rules to everpost_system;
grant select, insert on quarantine_digests to everpost_system;
grant delete on blob_chunks, message_words to everpost_app, everpost_system;
grant select on message_words to everpost_system;
grant select, update on steps to everpost_system;
