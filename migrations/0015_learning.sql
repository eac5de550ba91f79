-- What people corrected, and what was learned of it (docs/learning.md). A correction keeps hashes of a mail's words and no
-- text, so that it outlives its message: retention deletes the mail, not what somebody said of it.

-- One for each model: a kind of answer, for all mail of the organization or for one mailbox. Whoever changes its examples,
-- its version or its state holds this row.
create table learned_models (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references organizations,
  kind text not null check (kind in ('TYPE', 'PRIORITY', 'ROUTING', 'SPAM', 'ACTION')),
  -- Null: it counts for all mail of the organization.
  mailbox_id uuid references mailboxes on delete cascade,
  -- Another one after every change of what it answers, never the same again.
  revision uuid not null default uuidv7(),
  -- Numbers of its corrections, without gaps, in the order of their commits.
  last_number bigint not null default 0,
  current_version uuid,
  -- The newest correction that a training has looked at; what was taken back of what the current version learned.
  tried_through bigint not null default 0,
  withdrawn integer not null default 0,
  requested_at timestamptz,
  -- The newest training, and since when it runs; null: none does.
  training integer not null default 0,
  training_since timestamptz,
  -- A training failed: none begins by itself before that.
  rests_until timestamptz,
  -- Since when its answers are corrected more than at its promotion; null: they are not.
  drifting_since timestamptz,
  updated_at timestamptz not null default clock_timestamp(),
  unique nulls not distinct (organization_id, kind, mailbox_id)
);
create index on learned_models (mailbox_id) where mailbox_id is not null;

create table corrections (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references organizations,
  model_id uuid not null references learned_models on delete cascade,
  number bigint not null,
  message_id uuid not null,
  kind text not null,
  -- Of a suggestion, which one; empty for the other kinds.
  action text not null default '' check (length(action) <= 60),
  mailbox_id uuid,
  value text not null check (length(value) <= 200),
  -- What was answered before, how sure, and by which engine and versions; null where nothing was.
  said text,
  said_confidence real,
  said_by jsonb not null default '{}',
  -- What the embedded rules alone gave each value.
  rules jsonb not null default '{}',
  given_by text not null,
  given_at timestamptz not null default clock_timestamp(),
  -- Replaced by a newer one, or taken back.
  ended_at timestamptz,
  ended_by text,
  unique (model_id, number)
);
create unique index corrections_in_force on corrections (organization_id, message_id, kind, action, mailbox_id)
  nulls not distinct where ended_at is null;
create index on corrections (organization_id, id desc);
create index on corrections (model_id, number) where ended_at is null;
create index on corrections (organization_id, message_id);

-- Hashes of a corrected message's words, packed (src/engines/learning/packed-features.ts); gone with its last correction.
create table correction_features (
  organization_id uuid not null references organizations,
  message_id uuid not null,
  features bytea not null check (length(features) <= 262144),
  primary key (organization_id, message_id)
);

create table model_versions (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references organizations,
  model_id uuid not null references learned_models on delete cascade,
  number integer not null,
  parent_id uuid references model_versions on delete cascade,
  -- It has learned from the examples in force up to this number, so many.
  through bigint not null,
  examples integer not null,
  labels text[] not null,
  -- Written by src/engines/learning/classifier-format.ts; null for one that was rejected, and for the oldest of many.
  weights bytea check (length(weights) <= 33554432),
  engine text not null,
  engine_version text not null,
  seed integer not null,
  promoted boolean not null,
  reason text not null,
  -- Evaluation of src/domain/promotion.ts.
  figures jsonb not null,
  -- Share of answers that nobody contradicted before it was promoted (src/domain/drift.ts).
  agreement jsonb,
  created_at timestamptz not null default clock_timestamp(),
  unique (model_id, number)
);
create index on model_versions (parent_id) where parent_id is not null;
alter table learned_models add foreign key (current_version) references model_versions (id) on delete set null;
create index on learned_models (current_version) where current_version is not null;

-- What a message may be called. A built-in type (MAIL_TYPES) has a row where somebody changed it; others are the
-- organization's own.
create table type_labels (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references organizations,
  name text not null check (length(name) between 1 and 40),
  description text not null default '' check (length(description) <= 500),
  words text[] not null default '{}',
  enabled boolean not null default true,
  updated_at timestamptz not null default clock_timestamp()
);
create unique index on type_labels (organization_id, lower(name));

do $$
declare
  name text;
begin
  foreach name in array array['learned_models', 'corrections', 'correction_features', 'model_versions', 'type_labels']
  loop
    execute format('alter table %I enable row level security', name);
    execute format(
      'create policy organization on %I to everpost_app
         using (organization_id = (select current_organization()))
         with check (organization_id = (select current_organization()))', name);
  end loop;
end
$$;
grant select, insert, update on learned_models, corrections, model_versions to everpost_app;
grant select, insert, update, delete on correction_features, type_labels to everpost_app;

-- Who starts trainings sees which models wait for one, and no example.
create policy system on learned_models to everpost_system using (true) with check (true);
grant select on learned_models to everpost_system;
grant update (training, training_since, requested_at, rests_until) on learned_models to everpost_system;
