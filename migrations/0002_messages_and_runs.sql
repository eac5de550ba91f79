-- Tables below messages and runs do not reference organizations themselves: row-level security checks what is written,
-- and a key-share lock a row on the one row of the organization would be the busiest of all.

-- Raw bytes by organization and SHA-256. `size` is that of the plain bytes; key_id names the key they are sealed with.
create table blobs (
  organization_id uuid not null references organizations,
  sha256 bytea not null check (length(sha256) = 32),
  size bigint not null check (size >= 0),
  key_id text,
  reference_count integer not null default 0 check (reference_count >= 0),
  created_at timestamptz not null default now(),
  primary key (organization_id, sha256)
);

create table blob_chunks (
  organization_id uuid not null,
  sha256 bytea not null,
  number integer not null check (number >= 0),
  bytes bytea not null,
  primary key (organization_id, sha256, number),
  foreign key (organization_id, sha256) references blobs on delete cascade
);
-- Mail is stored as it is: pglz over base64 costs CPU on the accept path and saves little.
alter table blob_chunks alter column bytes set storage external;

create table threads (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references organizations,
  subject text not null,
  created_at timestamptz not null default now(),
  last_message_at timestamptz not null
);
create index on threads (organization_id, subject, last_message_at desc);

create table messages (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references organizations,
  direction text not null check (direction in ('INCOMING', 'OUTGOING')),
  status text not null default 'RECEIVED' check (status in
    ('RECEIVED', 'PROCESSING', 'PAUSED', 'HELD', 'DELIVERED', 'QUARANTINED', 'REJECTED', 'FAILED', 'CANCELED')),
  current_run integer not null default 1,
  -- `smtp` or `api`.
  source text not null,
  sha256 bytea not null,
  size bigint not null,
  -- Facts of the SMTP session: SmtpSession of src/domain/parsed-message.ts.
  session jsonb not null,
  -- The trace fields that we put before the bytes as they were received (RFC 5321 4.4); the blob is without them, so
  -- that identical content is stored, parsed and analysed once.
  trace text not null default '',
  received_at timestamptz not null,
  -- From parsing on.
  subject text,
  from_address text,
  from_name text,
  to_addresses text[] not null default '{}',
  message_id text,
  sent_at timestamptz,
  thread_id uuid references threads,
  thread_by text check (thread_by in ('references', 'inReplyTo', 'subject', 'new')),
  disposition text check (disposition in ('deliver', 'quarantine', 'reject', 'hold', 'forward')),
  disposition_reason text,
  updated_at timestamptz not null default now(),
  foreign key (organization_id, sha256) references blobs
);
create index on messages (organization_id, received_at desc, id desc);
create index on messages (organization_id, status, received_at desc, id desc);
create index on messages (organization_id, message_id) where message_id is not null;
create index on messages (organization_id, thread_id) where thread_id is not null;

-- The words that the API's search finds: subject, participants and the start of the text. Apart from messages, whose
-- rows change with every status.
create table message_words (
  organization_id uuid not null,
  message_id uuid primary key references messages on delete cascade,
  words tsvector not null
);
create index on message_words using gin (words);

create table message_recipients (
  organization_id uuid not null,
  message_id uuid not null references messages on delete cascade,
  address text not null,
  mailbox_id uuid references mailboxes,
  disposition text check (disposition in ('deliver', 'quarantine', 'reject', 'hold', 'forward')),
  primary key (message_id, address)
);

-- What References and In-Reply-To name, so that a thread is found whichever of its messages comes first.
create table message_references (
  organization_id uuid not null,
  message_id uuid not null references messages on delete cascade,
  reference text not null,
  primary key (message_id, reference)
);
create index on message_references (organization_id, reference);

create table runs (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references organizations,
  message_id uuid not null references messages on delete cascade,
  number integer not null check (number > 0),
  workflow_id text not null unique,
  status text not null default 'RECEIVED' check (status in
    ('RECEIVED', 'PROCESSING', 'PAUSED', 'HELD', 'DELIVERED', 'QUARANTINED', 'REJECTED', 'FAILED', 'CANCELED')),
  lane text not null default 'normal' check (lane in ('interactive', 'normal', 'bulk')),
  waited_for boolean not null default false,
  asked text[] not null default '{}',
  -- What a person decided before it opened.
  decided text check (decided in ('deliver', 'reject')),
  -- What a person last asked of the open run, who and when; the stage's activity reads it before each step.
  control text check (control in ('pause', 'resume', 'cancel', 'release', 'reject')),
  control_by text,
  control_at timestamptz,
  -- How often its first stage was begun: a message that keeps killing its worker is failed, not tried for ever.
  begun integer not null default 0,
  -- The workflow code that it began on; see workflow_builds.
  build_id text,
  backlog integer,
  confidence double precision,
  opened_at timestamptz not null default now(),
  -- When Temporal took it; null: it is committed and waits to be started.
  started_at timestamptz,
  ended_at timestamptz,
  unique (message_id, number)
);
create index on runs (organization_id, message_id);
create index runs_to_start on runs (id) where started_at is null and ended_at is null;
create index runs_open on runs (started_at) where ended_at is null;

create table steps (
  organization_id uuid not null,
  run_id uuid not null references runs on delete cascade,
  message_id uuid not null,
  stage text not null,
  name text not null,
  attempt integer not null,
  status text not null check (status in ('RUNNING', 'DONE', 'DEGRADED', 'UNAVAILABLE', 'FAILED')),
  started_at timestamptz not null,
  duration_ms double precision,
  confidence double precision,
  outcome jsonb,
  error jsonb,
  -- SHA-256 over the step's name, its engine, rule and model versions and its input: equal hash, equal outcome.
  input_hash bytea,
  engine text,
  engine_version text,
  rule_version text,
  model_version text,
  -- Taken from an earlier step with the same input.
  from_cache boolean not null default false,
  primary key (run_id, name, attempt)
);
-- The cache of identical content: the steps themselves, found by what they were computed from.
create index steps_by_input on steps (organization_id, input_hash) where status = 'DONE' and not from_cache;
create index on steps (message_id);

create table findings (
  organization_id uuid not null,
  message_id uuid not null references messages on delete cascade,
  run_id uuid not null references runs on delete cascade,
  step text not null,
  number integer not null,
  code text not null,
  severity text not null check (severity in ('info', 'low', 'medium', 'high', 'critical')),
  score double precision not null,
  explanation text not null,
  primary key (run_id, step, number)
);
create index on findings (message_id);

-- Whatever a run does outside its own rows, once: by organization, message, kind and target.
create table side_effects (
  organization_id uuid not null,
  message_id uuid not null references messages on delete cascade,
  kind text not null,
  target text not null,
  run_id uuid not null,
  status text not null default 'done' check (status in ('intended', 'done', 'uncertain')),
  created_at timestamptz not null default now(),
  primary key (organization_id, message_id, kind, target)
);

create table notifications (
  id uuid primary key default uuidv7(),
  organization_id uuid not null,
  message_id uuid not null references messages on delete cascade,
  kind text not null,
  recipient text not null,
  text text not null,
  created_at timestamptz not null default now(),
  read_at timestamptz
);
create index on notifications (organization_id, created_at desc);

-- The dashboard's figures by the organization's day.
create table counters (
  organization_id uuid not null,
  day date not null,
  name text not null,
  value bigint not null default 0,
  primary key (organization_id, day, name)
);

create table indicators (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references organizations,
  kind text not null check (kind in ('url', 'domain', 'ip', 'address', 'hash')),
  value text not null,
  source text not null,
  confidence double precision not null check (confidence between 0 and 1),
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  unique (organization_id, kind, value, source)
);

-- What routing learned from where people put mail: LearnedRoutes of src/domain/routing.ts.
create table learned_routes (
  organization_id uuid primary key references organizations,
  counts jsonb not null,
  examples integer not null default 0,
  updated_at timestamptz not null default now()
);

-- Acceptances whose 250 the client may not have seen: only these are matched against that client's next delivery.
create table unconfirmed_acceptances (
  -- SHA-256 over client address, envelope and the bytes before our trace fields.
  key bytea not null,
  accepted_as uuid[] not null,
  reply text not null,
  instance uuid not null,
  session text not null,
  -- Set when its connection ended without another command; null while it is open or its process died.
  closed_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (key, session)
);
create index on unconfirmed_acceptances (created_at);

-- The bundle that each release's runs began on: a worker runs those that still have open runs beside its own.
create table workflow_builds (
  build_id text primary key,
  bundle bytea not null,
  created_at timestamptz not null default now()
);
