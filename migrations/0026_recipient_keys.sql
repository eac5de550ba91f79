-- Keys of those whom mail goes to, and what the organization asks of outgoing mail: signed, encrypted, in which form.

create table recipient_keys (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references organizations,
  -- Lower case. One key may serve several addresses: a row for each.
  address text not null check (address = lower(address)),
  kind text not null check (kind in ('smime', 'openpgp')),
  source text not null check (source in ('UPLOADED', 'RECEIVED', 'WKD')),
  trust text not null check (trust in ('SEEN', 'DOMAIN', 'VERIFIED')),
  -- SHA-256 of a certificate, fingerprint of an OpenPGP primary key; hexadecimal, lower case.
  fingerprint text not null,
  subject text not null,
  issuer text,
  algorithm text not null,
  -- Whether a certificate says that its owner reads AES-GCM.
  reads_gcm boolean not null default false,
  valid_from timestamptz,
  valid_to timestamptz,
  -- A certificate in PEM, or an armored public key.
  public_part text not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  -- A person took it out: it stays, so that the next mail or look-up does not bring it back.
  removed_at timestamptz,
  unique (organization_id, address, kind, fingerprint)
);
create index on recipient_keys (organization_id, id desc) where removed_at is null;
create index on recipient_keys (organization_id, last_seen_at desc) where source = 'RECEIVED';

-- When a key directory was asked for an address: it is not asked again before `until`.
create table key_lookups (
  organization_id uuid not null references organizations,
  address text not null check (address = lower(address)),
  looked_up_at timestamptz not null default now(),
  until timestamptz not null,
  found boolean not null,
  -- Why there was no answer; null where there was one.
  failure text,
  primary key (organization_id, address)
);
create index on key_lookups (until);

create table protection_policies (
  organization_id uuid primary key references organizations,
  -- ProtectionPolicy of src/domain/outgoing/protection-policy.ts.
  policy jsonb not null,
  updated_by text not null,
  updated_at timestamptz not null default now()
);

-- Certificates between an own certificate and its authority, PEM behind PEM: what is signed carries them along.
alter table mail_keys add column chain text;

do $$
declare
  name text;
begin
  foreach name in array array['recipient_keys', 'key_lookups', 'protection_policies']
  loop
    execute format('alter table %I enable row level security', name);
    execute format(
      'create policy organization on %I to everpost_app
         using (organization_id = (select current_organization()))
         with check (organization_id = (select current_organization()))', name);
  end loop;
end
$$;
grant select, insert, update, delete on recipient_keys, key_lookups to everpost_app;
grant select, insert, update on protection_policies to everpost_app;
