-- Providers outside the embedded engines (docs/ai.md): what organizations chose, what was answered, what it cost, and
-- what is still owed by a provider that failed.

-- An organization's own choices; null: what applies without it. `all` goes for every capability.
create table ai_settings (
  organization_id uuid not null references organizations,
  capability text not null check (capability in
    ('all', 'contentAnalysis', 'summary', 'translation', 'voice', 'composition', 'embedding')),
  enabled boolean,
  provider text check (provider in ('openai', 'anthropic', 'libretranslate', 'apertium', 'pocketsphinx')),
  model text,
  base_url text,
  -- Sealed: src/adapters/secrets/sealed-secret.ts.
  key bytea,
  timeout_ms integer,
  -- Per million tokens.
  input_price double precision,
  output_price double precision,
  requests_per_minute integer,
  tokens_per_day bigint,
  cost_per_day double precision,
  disclosure text check (disclosure in ('nothing', 'redacted', 'everything')),
  redact_names boolean,
  updated_at timestamptz not null default now(),
  primary key (organization_id, capability)
);

-- What a provider answered for a step of a run, or for a person who reads its message. Mail text: it goes when the message
-- is deleted.
create table ai_answers (
  organization_id uuid not null,
  run_id uuid not null references runs on delete cascade,
  message_id uuid not null references messages on delete cascade,
  capability text not null,
  -- The language that a person wanted to read it in; empty: for the step.
  target text not null default '',
  answer jsonb not null,
  -- AnsweredBy of src/domain/ai.ts.
  answered_by jsonb not null,
  -- SHA-256 over what was asked and the settings it was asked with: equal hash, equal question.
  input_hash bytea not null,
  -- Whether it answers all that was asked: only such an answer serves another message.
  whole boolean not null,
  answered_at timestamptz not null default now(),
  primary key (run_id, capability, target)
);
create index on ai_answers (organization_id, input_hash) where whole;
create index on ai_answers (message_id);
create index on ai_answers using brin (answered_at);

-- Every request that was made, from before it is made: a budget is reserved, then settled.
create table ai_requests (
  id uuid primary key default uuidv7(),
  organization_id uuid not null,
  -- Of the organization's time zone.
  day date not null,
  -- Whose provider it is: `operator` or `organization`.
  owner text not null,
  capability text not null,
  provider text not null,
  model text,
  message_id uuid references messages on delete set null,
  reserved_tokens bigint not null,
  reserved_cost double precision not null,
  input_tokens bigint,
  output_tokens bigint,
  cost double precision,
  failure text,
  started_at timestamptz not null default now(),
  -- Null while it is under way, or when the worker that made it died.
  settled_at timestamptz
);
create index on ai_requests (message_id) where message_id is not null;
create index on ai_requests (organization_id, capability, started_at);
create index on ai_requests using brin (started_at);
create index ai_requests_open on ai_requests (started_at) where settled_at is null;

-- Sums of the requests by day; `all` is the sum over capabilities. Its row is the lock under which budgets are kept. What an
-- organization spends at its own provider does not use up what the operator allows it.
create table ai_days (
  organization_id uuid not null,
  day date not null,
  owner text not null default 'operator' check (owner in ('operator', 'organization')),
  capability text not null,
  requests integer not null default 0,
  failures integer not null default 0,
  input_tokens bigint not null default 0,
  output_tokens bigint not null default 0,
  cost double precision not null default 0,
  reserved_tokens bigint not null default 0,
  reserved_cost double precision not null default 0,
  primary key (organization_id, day, owner, capability)
);

-- Steps that were answered otherwise because a provider failed: it is asked again.
create table ai_owed (
  organization_id uuid not null,
  run_id uuid not null references runs on delete cascade,
  message_id uuid not null references messages on delete cascade,
  capability text not null,
  step text not null,
  -- The last failure.
  failure text not null,
  -- Requests in vain since the step was committed.
  tries integer not null default 0,
  -- Fences the workflow of one round from an earlier one.
  round integer not null default 0,
  due_at timestamptz not null,
  -- A workflow is at it: due_at is when that one is taken for lost.
  under_way boolean not null default false,
  owed_since timestamptz not null default now(),
  primary key (run_id, capability)
);
create index on ai_owed (due_at);
create index on ai_owed (organization_id, capability);
create index on ai_owed (message_id);

do $$
declare
  name text;
begin
  foreach name in array array['ai_settings', 'ai_answers', 'ai_requests', 'ai_days', 'ai_owed'] loop
    execute format('alter table %I enable row level security', name);
    execute format(
      'create policy organization on %I to everpost_app
         using (organization_id = (select current_organization()))
         with check (organization_id = (select current_organization()))', name);
  end loop;
  -- The duty that repairs; the end of the quarantine's retention; whether any organization has a provider.
  foreach name in array array['ai_settings', 'ai_answers', 'ai_requests', 'ai_days', 'ai_owed'] loop
    execute format('create policy system on %I to everpost_system using (true) with check (true)', name);
  end loop;
end
$$;
grant select, insert, update, delete on ai_settings, ai_owed, ai_answers to everpost_app;
grant select, insert, update, delete on ai_requests to everpost_app;
grant select, insert, update on ai_days to everpost_app;
grant select (organization_id, capability, provider) on ai_settings to everpost_system;
grant select, update, delete on ai_owed to everpost_system;
grant select, update, delete on ai_requests to everpost_system;
grant select, update on ai_days to everpost_system;
-- What was answered it never reads.
grant select (run_id, message_id, capability, answered_at), delete on ai_answers to everpost_system;
