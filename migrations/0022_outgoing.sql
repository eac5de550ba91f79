-- Outgoing mail: what a client handed in to be sent, to whom, and what came of it for each recipient.

alter table messages drop constraint messages_status_check;
alter table messages add constraint messages_status_check check (status in
  ('RECEIVED', 'PROCESSING', 'PAUSED', 'HELD', 'DELIVERED', 'QUARANTINED', 'REJECTED', 'FAILED', 'CANCELED',
   'SCHEDULED', 'SENDING', 'BOUNCED', 'PARTIAL'));
alter table runs drop constraint runs_status_check;
alter table runs add constraint runs_status_check check (status in
  ('RECEIVED', 'PROCESSING', 'PAUSED', 'HELD', 'DELIVERED', 'QUARANTINED', 'REJECTED', 'FAILED', 'CANCELED',
   'SCHEDULED', 'SENDING', 'BOUNCED', 'PARTIAL'));

-- What an outgoing message has beside its row in messages, whose bytes are what the client handed in.
create table outgoing_messages (
  message_id uuid primary key references messages on delete cascade,
  organization_id uuid not null,
  -- Who handed it in: `token NAME`, `mailbox ADDRESS`, `system`.
  submitted_by text not null,
  -- The reverse-path as it was handed in; empty for the null sender.
  mail_from text not null,
  stream text not null check (stream in ('TRANSACTIONAL', 'BULK')),
  -- SendOptions of src/domain/outgoing/send-options.ts.
  options jsonb not null default '{}',
  -- The bytes that preparation made: what leaves, without what is of one recipient alone and without DKIM.
  prepared_sha256 bytea,
  prepared_size bigint,
  -- Whether each recipient gets bytes of its own: merge fields, tracking, unsubscription.
  personal boolean not null default false,
  -- Nothing leaves before these.
  undo_until timestamptz,
  send_at timestamptz,
  -- Since when it waits for a person, and why; null: it does not.
  held_at timestamptz,
  held_because text,
  -- A person stopped it: what is under way and does not arrive is not tried again.
  canceled_at timestamptz,
  approved_by text,
  approved_at timestamptz,
  -- Retention tag that a policy gave it.
  retention text,
  -- What its workflow has not been told yet: a person changed something; a person wants it tried now.
  told_to text check (told_to in ('look', 'retryNow')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index on outgoing_messages (organization_id);
create index outgoing_to_tell on outgoing_messages (message_id) where told_to is not null;

create table outgoing_recipients (
  id uuid primary key default uuidv7(),
  organization_id uuid not null,
  message_id uuid not null references messages on delete cascade,
  address text not null,
  name text,
  -- Where the address stands; `bcc` stands nowhere in what leaves.
  role text not null default 'to' check (role in ('to', 'cc', 'bcc')),
  -- The domain of the address, in A-labels and small letters.
  destination text not null check (destination = lower(destination)),
  status text not null default 'QUEUED' check (status in
    ('QUEUED', 'HELD', 'SCHEDULED', 'SENDING', 'DEFERRED', 'DELIVERED', 'BOUNCED', 'UNCERTAIN', 'CANCELED')),
  -- What a hold put aside: where it goes back to.
  held_from text check (held_from in ('QUEUED', 'SCHEDULED', 'DEFERRED')),
  merge_fields jsonb,
  -- Its own bytes, where encryption gives recipients different ones; null: those of the message.
  variant_sha256 bytea,
  -- The name of its route; null before one was chosen.
  route text,
  -- Attempts that tried a server.
  attempts integer not null default 0,
  -- The attempt whose outcome this row shows; while it is SENDING, the one under way once its intent is committed.
  attempt_id uuid,
  -- Who has it while it is SENDING: a lane works at one claim at a time, so that what an earlier claim of the same lane
  -- left open was broken off.
  lane text,
  claim_id uuid,
  next_attempt_at timestamptz,
  -- When the present series of attempts began: it is given up some days after it.
  opened_at timestamptz,
  reply text,
  -- What the remote server calls it, where its reply says so.
  remote_queue_id text,
  bounce_class text,
  delivered_at timestamptz,
  -- When its sender was told: of a delay, of the end.
  delay_told_at timestamptz,
  end_told_at timestamptz,
  updated_at timestamptz not null default now(),
  unique (message_id, address)
);
create index on outgoing_recipients (message_id, status, next_attempt_at);
-- How deliveries to a domain went lately.
create index on outgoing_recipients (organization_id, destination, updated_at);

-- Every try. `data_at` is the intent: committed before the end of the data is sent. An attempt without outcome that has
-- it may have delivered; one without it has not.
create table outgoing_attempts (
  id uuid primary key default uuidv7(),
  organization_id uuid not null,
  recipient_id uuid not null references outgoing_recipients on delete cascade,
  route text,
  started_at timestamptz not null,
  data_at timestamptz,
  ended_at timestamptz,
  outcome text check (outcome in ('DELIVERED', 'DEFERRED', 'FAILED', 'UNCERTAIN')),
  -- The server: name, address and port.
  remote text,
  -- Protocol and cipher, and how far the server was verified; null where the connection was not encrypted.
  tls text,
  reply_code integer,
  enhanced_code text,
  reply text
);
create index on outgoing_attempts (recipient_id, started_at);
create index on outgoing_attempts (organization_id);

-- What came back about a recipient after its delivery: bounces, complaints, automatic replies, opens, clicks, opt-outs.
create table recipient_signals (
  id uuid primary key default uuidv7(),
  organization_id uuid not null,
  message_id uuid not null references messages on delete cascade,
  recipient_id uuid not null references outgoing_recipients on delete cascade,
  kind text not null check (kind in
    ('BOUNCED', 'DELAYED', 'DELIVERED', 'COMPLAINED', 'AUTO_REPLIED', 'REPLIED', 'OPENED', 'CLICKED', 'UNSUBSCRIBED')),
  at timestamptz not null default now(),
  -- The incoming message that says so; null for opens, clicks and opt-outs.
  evidence_id uuid references messages on delete set null,
  detail jsonb not null default '{}'
);
create index on recipient_signals (recipient_id, at);
create index on recipient_signals (message_id);
create unique index on recipient_signals (recipient_id, kind, evidence_id) where evidence_id is not null;

-- A key of a client names one sending: who sends with it again gets the same message and nothing is sent.
create table idempotency_keys (
  organization_id uuid not null,
  key text not null,
  -- SHA-256 of what was asked for: another one under the same key is refused.
  digest bytea not null,
  message_id uuid not null references messages on delete cascade,
  created_at timestamptz not null default now(),
  primary key (organization_id, key)
);
create index on idempotency_keys (message_id);

-- Who changed what: people, tokens and what acts by itself.
create table audit_events (
  id uuid primary key default uuidv7(),
  organization_id uuid not null,
  at timestamptz not null default now(),
  actor text not null,
  -- From where; null for what acts by itself.
  address text,
  action text not null,
  object_kind text not null,
  object_id text not null,
  before jsonb,
  after jsonb
);
create index on audit_events (organization_id, at desc);
create index on audit_events (organization_id, object_kind, object_id, at desc);

do $$
declare
  name text;
begin
  foreach name in array array['outgoing_messages', 'outgoing_recipients', 'outgoing_attempts', 'recipient_signals',
    'idempotency_keys', 'audit_events']
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
grant select, insert, update on outgoing_messages, outgoing_recipients, outgoing_attempts to everpost_app;
grant select, insert on recipient_signals, audit_events to everpost_app;
grant select, insert, delete on idempotency_keys to everpost_app;
-- The submission port accepts, the dispatcher tells workflows what people asked.
grant select, insert, update on outgoing_messages, outgoing_recipients to everpost_system;
grant select, insert, delete on idempotency_keys to everpost_system;
grant select, insert on audit_events to everpost_system;
