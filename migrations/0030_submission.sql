-- Doors for outgoing mail: passwords of mailboxes for the submission port, and templates that messages are made of.

-- At most one a mailbox, as argon2id in PHC form; the password itself is stored nowhere.
create table mailbox_passwords (
  mailbox_id uuid primary key references mailboxes on delete cascade,
  organization_id uuid not null references organizations,
  hash text not null check (hash like '$argon2id$%'),
  set_by text not null,
  set_at timestamptz not null default now()
);
create index on mailbox_passwords (organization_id);

-- Each saving is a version, and all are kept: a message names the one that it was made of.
create table message_templates (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references organizations,
  name text not null,
  -- ISO 639-1.
  language text not null,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  removed_at timestamptz
);
create unique index on message_templates (organization_id, lower(name), language) where removed_at is null;

create table message_template_versions (
  template_id uuid not null references message_templates on delete cascade,
  version integer not null,
  organization_id uuid not null references organizations,
  subject text not null,
  text text,
  html text,
  -- `Name <address>`; null: a sending names its own.
  default_from text,
  saved_by text not null,
  saved_at timestamptz not null default now(),
  primary key (template_id, version)
);
create index on message_template_versions (organization_id);

do $$
declare
  name text;
begin
  foreach name in array array['mailbox_passwords', 'message_templates', 'message_template_versions']
  loop
    execute format('alter table %I enable row level security', name);
    execute format(
      'create policy organization on %I to everpost_app
         using (organization_id = (select current_organization()))
         with check (organization_id = (select current_organization()))', name);
  end loop;
end
$$;
create policy system on mailbox_passwords to everpost_system using (true) with check (true);
grant select, insert, update, delete on mailbox_passwords to everpost_app;
grant select, insert, update on message_templates to everpost_app;
grant select, insert on message_template_versions to everpost_app;
-- The submission port checks passwords.
grant select on mailbox_passwords to everpost_system;
