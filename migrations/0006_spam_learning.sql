-- What people taught the spam filter, and what the filter made of it. A lesson keeps the buckets of a mail's signals and
-- no text, so it outlives its message: whoever deletes spam after saying so does not take the lesson back by it.
create table spam_lessons (
  organization_id uuid not null references organizations,
  message_id uuid not null,
  -- Null: it counts for all mail of the organization.
  mailbox_id uuid references mailboxes on delete cascade,
  is_spam boolean not null,
  -- SpamEvidence of src/domain/spam-evidence.ts: what the prior and the rules gave, in logits, and the buckets.
  prior real not null,
  rules real not null,
  buckets bytea not null check (length(buckets) <= 4800),
  taught_by text not null,
  taught_at timestamptz not null default clock_timestamp(),
  unique nulls not distinct (organization_id, mailbox_id, message_id)
);
create index on spam_lessons (organization_id, mailbox_id, taught_at desc);
create index on spam_lessons (mailbox_id) where mailbox_id is not null;

-- Made of the lessons of its scope, whole, at every change of them; whoever changes lessons holds its row.
create table spam_models (
  organization_id uuid not null references organizations,
  mailbox_id uuid references mailboxes on delete cascade,
  -- Another one after every change, never the same again.
  version uuid not null default uuidv7(),
  spam integer not null default 0,
  ham integer not null default 0,
  -- Written by src/domain/learned-spam.ts; null: nothing is learned.
  weights bytea check (length(weights) <= 300000),
  updated_at timestamptz not null default clock_timestamp(),
  unique nulls not distinct (organization_id, mailbox_id)
);
create index on spam_models (mailbox_id) where mailbox_id is not null;

alter table spam_lessons enable row level security;
create policy organization on spam_lessons to everpost_app
  using (organization_id = (select current_organization()))
  with check (organization_id = (select current_organization()));
alter table spam_models enable row level security;
create policy organization on spam_models to everpost_app
  using (organization_id = (select current_organization()))
  with check (organization_id = (select current_organization()));
grant select, insert, update, delete on spam_lessons, spam_models to everpost_app;
