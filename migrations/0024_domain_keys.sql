-- Domains that mail is sent from: their DKIM keys, what the DNS says of them, and where their bounces go.

alter table domains
  -- Where it has an active key, mail that cannot be signed waits.
  add column signing_required boolean not null default true,
  -- Days that a key signs; null: until somebody asks for new ones.
  add column key_rotation_days integer default 180 check (key_rotation_days between 1 and 3650),
  -- Days that the record of a key stays after it has signed last.
  add column key_overlap_days integer not null default 7 check (key_overlap_days between 1 and 90),
  add column return_path_mode text not null default 'VERP' check (return_path_mode in ('VERP', 'AS_GIVEN')),
  -- Where bounces go under VERP; null: to the domain itself.
  add column return_path_host text check (return_path_host = lower(return_path_host)),
  add column dns_checked_at timestamptz,
  -- When the DNS is asked about it again.
  add column dns_check_due_at timestamptz not null default now();
create index on domains (dns_check_due_at);

create table dkim_keys (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references organizations,
  domain_id uuid not null references domains on delete cascade,
  selector text not null check (selector = lower(selector)),
  algorithm text not null check (algorithm in ('rsa-sha256', 'ed25519-sha256')),
  status text not null default 'PENDING' check (status in ('PENDING', 'ACTIVE', 'RETIRING', 'RETIRED')),
  -- PKCS #8 in PEM, sealed (src/adapters/secrets); gone once it is retired.
  private_key bytea,
  -- `p=` of its record, base64.
  public_key text not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  -- When its record was first seen.
  published_at timestamptz,
  -- Who had it sign though its record was not seen.
  forced_by text,
  activated_at timestamptz,
  retiring_at timestamptz,
  retired_at timestamptz,
  unique (domain_id, selector),
  check ((status = 'RETIRED') = (private_key is null))
);
create index on dkim_keys (organization_id);
-- One of each algorithm signs.
create unique index dkim_keys_active on dkim_keys (domain_id, algorithm) where status = 'ACTIVE';

-- What the DNS said last.
create table domain_dns_answers (
  domain_id uuid not null references domains on delete cascade,
  organization_id uuid not null references organizations,
  type text not null check (type in ('TXT', 'MX')),
  name text not null,
  -- Null: nobody could say.
  found text[],
  -- What was found when somebody last could.
  known text[],
  failure text,
  checked_at timestamptz not null,
  primary key (domain_id, type, name)
);
create index on domain_dns_answers (organization_id);

-- What people are told is not always about a message.
alter table notifications alter column message_id drop not null;
alter table notifications add column domain text;

do $$
declare
  name text;
begin
  foreach name in array array['dkim_keys', 'domain_dns_answers']
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
grant select, insert, update, delete on dkim_keys, domain_dns_answers to everpost_app, everpost_system;
grant delete on domains to everpost_app;
grant update (signing_required, key_rotation_days, key_overlap_days, return_path_mode, return_path_host, dns_checked_at,
  dns_check_due_at) on domains to everpost_app;
-- The duty looks at the DNS and rotates keys.
grant update (dns_checked_at, dns_check_due_at) on domains to everpost_system;
create policy domain_notices on notifications for insert to everpost_system with check (domain is not null);
grant insert on notifications to everpost_system;
