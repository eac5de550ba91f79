-- Keys of S/MIME and OpenPGP: an organization's own, which open and sign, and others', which verify.
create table mail_keys (
  id uuid primary key default uuidv7(),
  organization_id uuid not null references organizations,
  kind text not null check (kind in ('smime', 'openpgp')),
  -- SHA-256 of a certificate, fingerprint of an OpenPGP primary key; hexadecimal, lower case.
  fingerprint text not null,
  -- Lower case.
  addresses text[] not null,
  -- Of an OpenPGP key and its subkeys.
  key_ids text[] not null default '{}',
  -- Who it names, and who issued it.
  subject text not null,
  issuer text,
  algorithm text not null,
  valid_from timestamptz,
  valid_to timestamptz,
  -- A certificate authority: what chains to it is trusted.
  authority boolean not null default false,
  -- A certificate in PEM, or an armored public key.
  public_part text not null,
  -- Sealed by src/adapters/secrets, without the passphrase it came under; null where only the public part is known.
  private_part bytea,
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- From then on it opens nothing, what it signed is not trusted, and its private part is gone.
  revoked_at timestamptz,
  unique (organization_id, kind, fingerprint),
  check (revoked_at is null or private_part is null)
);

alter table mail_keys enable row level security;
create policy organization on mail_keys to everpost_app
  using (organization_id = (select current_organization()))
  with check (organization_id = (select current_organization()));
grant select, insert, update on mail_keys to everpost_app;
