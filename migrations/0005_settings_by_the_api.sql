-- What people set up and correct by the API: domains, mailboxes, indicators, and where mail belongs.
grant insert on domains to everpost_app;
grant insert, update, delete on mailboxes to everpost_app;

-- A changed indicator is another list: what was looked up in the old one is looked up again.
alter table indicators add column updated_at timestamptz not null default now();

-- Lists go by id (UUIDv7: by time), newest first.
create index on indicators (organization_id, id desc);
create index on notifications (organization_id, id desc);
create index notifications_unread on notifications (organization_id, id desc) where read_at is null;
drop index notifications_organization_id_created_at_idx;

-- What learned_routes was taught by each message: who moves it again takes the first lesson back.
create table route_lessons (
  organization_id uuid not null,
  message_id uuid primary key references messages on delete cascade,
  mailbox_id uuid not null references mailboxes on delete cascade,
  -- RouteFeatures of src/domain/learned-routes.ts.
  features jsonb not null,
  taught_by text not null,
  taught_at timestamptz not null default now()
);
create index on route_lessons (mailbox_id);
alter table route_lessons enable row level security;
create policy organization on route_lessons to everpost_app
  using (organization_id = (select current_organization()))
  with check (organization_id = (select current_organization()));
grant select, insert, update, delete on route_lessons to everpost_app;
