-- What helps people write. Lessons are the organization's own mail, without quotes, numbers, addresses and secrets;
-- models are made of them, whole, by one worker. Nothing of it ever serves another organization.
create table sent_lessons (
  organization_id uuid not null references organizations,
  id uuid not null default uuidv7(),
  -- The message's id, or what the caller calls it: each is learned once.
  source text not null check (length(source) between 1 and 200),
  -- Whose mail it is; null: of an address without a mailbox, it counts for the organization alone.
  mailbox_id uuid references mailboxes on delete set null,
  text text not null check (length(text) <= 8000),
  -- Lower case, ascending: whom it was written to.
  recipients text[] not null default '{}',
  learned_at timestamptz not null default clock_timestamp(),
  primary key (organization_id, id),
  unique (organization_id, source)
);
create index on sent_lessons (organization_id, learned_at desc);
create index on sent_lessons (mailbox_id) where mailbox_id is not null;
create index on sent_lessons using gin (recipients);

-- Whom a recipient may have been mistaken for.
create index on correspondents (organization_id, domain);

create table phrase_models (
  organization_id uuid not null references organizations,
  -- Null: the whole organization's.
  mailbox_id uuid references mailboxes on delete cascade,
  version uuid not null default uuidv7(),
  lessons integer not null,
  -- Written by src/engines/composition/phrase-model-bytes.ts.
  model bytea not null check (length(model) <= 16000000),
  built_at timestamptz not null default clock_timestamp(),
  unique nulls not distinct (organization_id, mailbox_id)
);
create index on phrase_models (mailbox_id) where mailbox_id is not null;

-- Organizations whose models do not say what their lessons say; a row for each that ever had a lesson.
create table phrase_learning (
  organization_id uuid primary key references organizations,
  changed_at timestamptz not null default clock_timestamp(),
  -- Of the newest change that the models contain.
  built_through timestamptz,
  -- The newest attempt, also one that failed.
  built_at timestamptz,
  -- What was read before it is not to be used any more.
  forgotten_at timestamptz
);

-- The organization's own templates for answers, and which template, own or built in, people used for which mail.
create table response_templates (
  organization_id uuid not null references organizations,
  id uuid primary key default uuidv7(),
  name text not null check (length(name) between 1 and 80),
  language text not null check (language ~ '^[a-z]{2}$'),
  subject text check (length(subject) <= 200),
  body text not null check (length(body) between 1 and 3000),
  -- The situation that it answers; empty: any.
  types text[] not null default '{}',
  intents text[] not null default '{}',
  words text[] not null default '{}',
  updated_at timestamptz not null default clock_timestamp()
);
create unique index on response_templates (organization_id, lower(name), language);

-- One for each message; what was learned outlives it, and holds nothing of its text.
create table template_uses (
  organization_id uuid not null references organizations,
  message_id uuid not null,
  -- A built-in template's name, or the id of one of the organization's own.
  template text not null check (length(template) <= 60),
  type text,
  intent text,
  language text,
  used_by text not null,
  used_at timestamptz not null default clock_timestamp(),
  primary key (organization_id, message_id)
);
create index on template_uses (organization_id, used_at desc);
create index on template_uses (organization_id, template);

-- The newest replies that a person asked a model for, by message. Mail text: it goes when the message is deleted.
create table reply_requests (
  organization_id uuid not null,
  message_id uuid primary key references messages on delete cascade,
  -- Another one with every request: an answer to an earlier one is not taken for it.
  id uuid not null default uuidv7(),
  instruction text check (length(instruction) <= 500),
  -- SuggestedReplies of src/domain/reply-suggestions.ts; null until it is answered.
  report jsonb,
  -- SHA-256 over what was asked and the settings it was asked with.
  input_hash bytea,
  asked_at timestamptz not null default clock_timestamp()
);
create index on reply_requests (organization_id);

do $$
declare
  name text;
begin
  foreach name in array array['sent_lessons', 'phrase_models', 'phrase_learning', 'response_templates', 'template_uses',
    'reply_requests']
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
grant select, insert, update, delete on sent_lessons to everpost_app;
grant select, insert, update on phrase_learning to everpost_app;
grant select, delete on phrase_models to everpost_app;
grant select, delete on sent_lessons to everpost_system;
grant select, update on phrase_learning to everpost_system;
grant select, insert, update, delete on phrase_models to everpost_system;
grant select, insert, update, delete on response_templates, template_uses, reply_requests to everpost_app;
grant select (message_id), delete on reply_requests to everpost_system;
