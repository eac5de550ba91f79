-- Mailboxes on other servers whose mail is taken over IMAP (RFC 3501, RFC 9051), and what became of each message there.
create table imap_accounts (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references organizations,
  name text not null,
  host text not null,
  port integer not null check (port between 1 and 65535),
  tls text not null check (tls in ('implicit', 'starttls', 'none')),
  username text not null,
  authentication text not null check (authentication in ('password', 'oauth2')),
  -- Sealed by src/adapters/secrets: the application writes what it cannot read.
  sealed_credentials bytea not null,
  sealed_access_token bytea,
  access_token_expires_at timestamptz,
  token_url text,
  -- The address that the mail is for: its mailbox receives.
  recipient text not null,
  start_from text not null check (start_from in ('ALL', 'NEW')),
  -- By message status: ImapActions of src/domain/imap-actions.ts.
  actions jsonb not null default '{}',
  paused boolean not null default false,
  -- Goes up with every change that its session must begin anew for.
  version integer not null default 1,
  state text not null default 'NEW' check (state in
    ('NEW', 'CONNECTING', 'SYNCING', 'WATCHING', 'RETRYING', 'AUTHENTICATION_FAILED', 'NEEDS_AUTHORIZATION', 'MISCONFIGURED')),
  state_reason text,
  state_at timestamptz not null default now(),
  last_sync_at timestamptz,
  reconcile_requested_at timestamptz,
  created_at timestamptz not null default now()
);
create index on imap_accounts (organization_id, id);

create table imap_folders (
  organization_id uuid not null,
  account_id uuid not null references imap_accounts on delete cascade,
  path text not null,
  position integer not null default 0,
  watched boolean not null default true,
  uid_validity bigint,
  uid_next bigint,
  highest_modseq numeric(20),
  -- Every UID up to this one has its row in imap_messages.
  settled_to bigint not null default 0,
  -- Up to this one they were there before the account began, which starts from NEW.
  before_to bigint not null default 0,
  -- Messages on the server at the last look, and of them those that wait to be taken.
  server_count integer not null default 0,
  behind integer not null default 0,
  last_sync_at timestamptz,
  error text,
  -- FolderProof of src/domain/imap-sync.ts.
  proof jsonb,
  reconciled_at timestamptz,
  primary key (account_id, path)
);

create table imap_messages (
  organization_id uuid not null,
  account_id uuid not null references imap_accounts on delete cascade,
  folder text not null,
  uid_validity bigint not null,
  uid bigint not null,
  -- taken: accepted as message_id. known: the same message as one taken before. before: there when the account was made,
  -- which starts from NEW. skipped: see reason.
  outcome text not null check (outcome in ('taken', 'known', 'before', 'skipped')),
  reason text,
  -- Kept when the message goes by retention: it is not taken again.
  message_id uuid references messages on delete set null,
  sha256 bytea,
  size bigint not null,
  internal_date timestamptz,
  header_message_id text,
  settled_at timestamptz not null default now(),
  -- When it was no longer there: deleted, moved, or renumbered by another UIDVALIDITY.
  gone_at timestamptz,
  primary key (account_id, folder, uid_validity, uid)
);
create index on imap_messages (account_id, sha256) where sha256 is not null;
create index imap_messages_before on imap_messages (account_id, internal_date, size) where outcome = 'before';
create index imap_messages_present on imap_messages (account_id, folder, uid_validity, uid) where gone_at is null;
create index on imap_messages (message_id) where message_id is not null;
create index imap_messages_skipped on imap_messages (account_id, settled_at desc) where outcome = 'skipped';

create index messages_of_imap_account on messages ((session->'imap'->>'accountId')) where source = 'imap';

-- What the server shall be told of a message: the newest status that has an action, one row a message.
create table imap_actions (
  organization_id uuid not null,
  account_id uuid not null references imap_accounts on delete cascade,
  message_id uuid not null references messages on delete cascade,
  run_id uuid not null,
  status text not null,
  -- gone: nobody but its owner moved or deleted it there; that is not ours to undo.
  state text not null default 'waiting' check (state in ('waiting', 'done', 'gone', 'failed')),
  attempts integer not null default 0,
  due_at timestamptz not null default now(),
  error text,
  updated_at timestamptz not null default now(),
  primary key (account_id, message_id)
);
create index imap_actions_waiting on imap_actions (account_id, due_at) where state = 'waiting';

do $$
declare
  name text;
begin
  foreach name in array array['imap_accounts', 'imap_folders', 'imap_messages', 'imap_actions']
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

-- No select on what is sealed: only the intake opens it.
grant select (id, organization_id, name, host, port, tls, username, authentication, token_url, recipient, start_from,
  actions, paused, version, state, state_reason, state_at, last_sync_at, reconcile_requested_at, created_at)
  on imap_accounts to everpost_app;
grant insert, update, delete on imap_accounts to everpost_app;
grant select, insert, update on imap_folders to everpost_app;
grant select on imap_messages to everpost_app;
grant select, insert, update on imap_actions to everpost_app;

grant select, update on imap_accounts to everpost_system;
grant select, insert, update on imap_folders, imap_messages, imap_actions to everpost_system;
-- The ledger of what is done outside: the intake's part of it is what it does on mail servers.
create policy imap on side_effects to everpost_system using (kind like 'imap.%') with check (kind like 'imap.%');
grant select, insert, update on side_effects to everpost_system;

-- Whoever changes the status of a message that came over IMAP (a run that ends, a release, the reconciler), in that same
-- transaction the account's queue learns of it. A message without an action, now or before, costs no row.
create function queue_imap_action() returns trigger
  language plpgsql set search_path = public as $$
begin
  insert into imap_actions (organization_id, account_id, message_id, run_id, status)
  select new.organization_id, a.id, new.id, r.id, new.status
  from imap_accounts a join runs r on r.message_id = new.id and r.number = new.current_run
  where a.id = (new.session->'imap'->>'accountId')::uuid
    and (a.actions ? new.status or exists (select from imap_actions q where q.account_id = a.id and q.message_id = new.id))
  on conflict (account_id, message_id) do update
    set run_id = excluded.run_id, status = excluded.status, state = 'waiting', attempts = 0, due_at = now(), error = null,
      updated_at = now();
  if found then
    perform pg_notify('everpost_imap', '');
  end if;
  return null;
end
$$;
create trigger imap_action after update of status on messages for each row
  when (new.source = 'imap' and new.status is distinct from old.status
    and new.status in ('DELIVERED', 'QUARANTINED', 'REJECTED', 'HELD'))
  execute function queue_imap_action();
