-- Whom the organization has exchanged mail with: filled when a message is delivered, read by the security scan for the
-- neighbourhood of one sender (same address, same name, domain that is a letter away), never as a whole.
create table correspondents (
  organization_id uuid not null,
  -- Lower case.
  address text not null,
  name text not null,
  -- The letters that a reader takes the name for; empty where it says too little (one word).
  name_key text not null,
  domain text not null,
  messages integer not null default 1,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  -- How many of the messages were surely in which language (ISO 639-1).
  languages jsonb not null default '{}',
  primary key (organization_id, address)
);
create index on correspondents (organization_id, name_key) where name_key <> '';

-- The domains that they write from, each once: however many write from one, a look-alike is compared with it once.
create table correspondent_domains (
  organization_id uuid not null,
  domain text not null,
  -- The letters that a reader takes the domain for, and those with one of them left out: two domains that differ in one
  -- letter have one in common.
  domain_keys text[] not null,
  -- The first correspondent of it.
  address text not null,
  primary key (organization_id, domain)
);
create index on correspondent_domains using gin (domain_keys);

alter table correspondents enable row level security;
create policy organization on correspondents to everpost_app
  using (organization_id = (select current_organization()))
  with check (organization_id = (select current_organization()));
grant select, insert, update on correspondents to everpost_app;

alter table correspondent_domains enable row level security;
create policy organization on correspondent_domains to everpost_app
  using (organization_id = (select current_organization()))
  with check (organization_id = (select current_organization()));
grant select, insert on correspondent_domains to everpost_app;
