-- What an organization's outgoing mail is checked by, and the rules that change, hold or refuse it.

create table outgoing_rules (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references organizations,
  position integer not null,
  enabled boolean not null,
  name text not null,
  -- CEL over the variables of src/domain/outgoing/outgoing-rule-variables.ts.
  expression text not null,
  -- OutgoingRuleAction[].
  actions jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index on outgoing_rules (organization_id, position);

create table sending_policies (
  organization_id uuid primary key references organizations,
  -- Part of SendingPolicy of src/domain/outgoing/sending-policy.ts; what is absent is as its default says.
  policy jsonb not null,
  updated_by text not null,
  updated_at timestamptz not null default now()
);

do $$
declare
  name text;
begin
  foreach name in array array['outgoing_rules', 'sending_policies']
  loop
    execute format('alter table %I enable row level security', name);
    execute format(
      'create policy organization on %I to everpost_app
         using (organization_id = (select current_organization()))
         with check (organization_id = (select current_organization()))', name);
  end loop;
end
$$;
grant select, insert, update, delete on outgoing_rules to everpost_app;
grant select, insert, update on sending_policies to everpost_app;
