-- Recipients whose opens and clicks are not to be seen, as they asked.
create table tracking_opt_outs (
  organization_id uuid not null references organizations,
  -- In small letters.
  address text not null check (address = lower(address)),
  created_at timestamptz not null default now(),
  primary key (organization_id, address)
);
alter table tracking_opt_outs enable row level security;
create policy organization on tracking_opt_outs to everpost_app
  using (organization_id = (select current_organization()))
  with check (organization_id = (select current_organization()));
create policy system on tracking_opt_outs to everpost_system using (true) with check (true);
grant select, insert, delete on tracking_opt_outs to everpost_app;
