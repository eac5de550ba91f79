-- Who answers mail, when they are there, and who has which message (docs/routing.md).
create table people (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references organizations,
  name text not null,
  address text not null check (address = lower(address)),
  time_zone text not null,
  -- WorkingHours[] and Absence[] of src/domain/staff.ts.
  hours jsonb not null default '[]',
  absences jsonb not null default '[]',
  most_open integer check (most_open > 0),
  last_assigned_at timestamptz,
  created_at timestamptz not null default now(),
  unique (organization_id, address)
);

create table teams (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references organizations,
  name text not null,
  created_at timestamptz not null default now()
);
create unique index on teams (organization_id, lower(name));

create table team_members (
  organization_id uuid not null references organizations,
  team_id uuid not null references teams on delete cascade,
  person_id uuid not null references people on delete cascade,
  primary key (team_id, person_id)
);
create index on team_members (person_id);

-- A mailbox's mail is one team's.
create table team_mailboxes (
  organization_id uuid not null references organizations,
  mailbox_id uuid primary key references mailboxes on delete cascade,
  team_id uuid not null references teams on delete cascade
);
create index on team_mailboxes (team_id);

-- Who has a message, at most one; gone with the team or person where nobody else has it.
create table assignments (
  organization_id uuid not null references organizations,
  message_id uuid primary key references messages on delete cascade,
  team_id uuid references teams on delete set null,
  person_id uuid references people on delete set null,
  status text not null default 'OPEN' check (status in ('OPEN', 'DONE')),
  -- Who says so: a person, or `rule`, `mailbox` or `learned` with the run.
  assigned_by text not null,
  explanation text not null,
  assigned_at timestamptz not null default clock_timestamp(),
  done_at timestamptz,
  done_by text
);
create index assignments_open on assignments (organization_id, person_id) where status = 'OPEN';
create index on assignments (team_id) where team_id is not null;
create index on assignments (person_id) where person_id is not null;

-- What assignments by people taught: LearnedRoutes of src/domain/learned-routes.ts over teams and people.
create table learned_assignments (
  organization_id uuid primary key references organizations,
  counts jsonb not null,
  updated_at timestamptz not null default now()
);
create table assignment_lessons (
  organization_id uuid not null references organizations,
  message_id uuid primary key references messages on delete cascade,
  -- `team:<id>` or `person:<id>`.
  assignee text not null,
  features jsonb not null,
  taught_by text not null,
  taught_at timestamptz not null default now()
);

do $$
declare
  name text;
begin
  foreach name in array array['people', 'teams', 'team_members', 'team_mailboxes', 'assignments', 'learned_assignments',
    'assignment_lessons']
  loop
    execute format('alter table %I enable row level security', name);
    execute format(
      'create policy organization on %I to everpost_app
         using (organization_id = (select current_organization()))
         with check (organization_id = (select current_organization()))', name);
  end loop;
end
$$;
grant select, insert, update, delete on people, teams, team_members, team_mailboxes, assignments, learned_assignments,
  assignment_lessons to everpost_app;
