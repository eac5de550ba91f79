create table address_lists (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  list text not null,
  subject text not null,
  pattern text not null,
  mailbox_id uuid,
  note text not null default ''::text,
  created_by text not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  CHECK ((list = ANY (ARRAY['allow'::text, 'deny'::text]))),
  CHECK ((subject = ANY (ARRAY['sender'::text, 'recipient'::text, 'client'::text]))),
  FOREIGN KEY (mailbox_id) REFERENCES mailboxes(id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id),
  UNIQUE NULLS NOT DISTINCT (organization_id, list, subject, pattern, mailbox_id)
);
create table ai_answers (
  organization_id uuid not null,
  run_id uuid not null,
  message_id uuid not null,
  capability text not null,
  target text not null default ''::text,
  answer jsonb,
  answered_by jsonb not null,
  input_hash bytea not null,
  whole boolean not null,
  answered_at timestamp with time zone not null default now(),
  sealed bytea,
  CHECK ((num_nonnulls(answer, sealed) = 1)),
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE CASCADE,
  FOREIGN KEY (run_id) REFERENCES runs(id) ON DELETE CASCADE,
  PRIMARY KEY (run_id, capability, target)
);
create table ai_days (
  organization_id uuid not null,
  day date not null,
  owner text not null default 'operator'::text,
  capability text not null,
  requests integer not null default 0,
  failures integer not null default 0,
  input_tokens bigint not null default 0,
  output_tokens bigint not null default 0,
  cost double precision not null default 0,
  reserved_tokens bigint not null default 0,
  reserved_cost double precision not null default 0,
  CHECK ((owner = ANY (ARRAY['operator'::text, 'organization'::text]))),
  PRIMARY KEY (organization_id, day, owner, capability)
);
create table ai_owed (
  organization_id uuid not null,
  run_id uuid not null,
  message_id uuid not null,
  capability text not null,
  step text not null,
  failure text not null,
  tries integer not null default 0,
  round integer not null default 0,
  due_at timestamp with time zone not null,
  under_way boolean not null default false,
  owed_since timestamp with time zone not null default now(),
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE CASCADE,
  FOREIGN KEY (run_id) REFERENCES runs(id) ON DELETE CASCADE,
  PRIMARY KEY (run_id, capability)
);
create table ai_requests (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  day date not null,
  owner text not null,
  capability text not null,
  provider text not null,
  model text,
  message_id uuid,
  reserved_tokens bigint not null,
  reserved_cost double precision not null,
  input_tokens bigint,
  output_tokens bigint,
  cost double precision,
  failure text,
  started_at timestamp with time zone not null default now(),
  settled_at timestamp with time zone,
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE SET NULL,
  PRIMARY KEY (id)
);
create table ai_settings (
  organization_id uuid not null,
  capability text not null,
  enabled boolean,
  provider text,
  model text,
  base_url text,
  key bytea,
  timeout_ms integer,
  input_price double precision,
  output_price double precision,
  requests_per_minute integer,
  tokens_per_day bigint,
  cost_per_day double precision,
  disclosure text,
  redact_names boolean,
  updated_at timestamp with time zone not null default now(),
  CHECK ((capability = ANY (ARRAY['all'::text, 'contentAnalysis'::text, 'summary'::text, 'translation'::text, 'voice'::text, 'composition'::text, 'embedding'::text]))),
  CHECK ((disclosure = ANY (ARRAY['nothing'::text, 'redacted'::text, 'everything'::text]))),
  CHECK ((provider = ANY (ARRAY['openai'::text, 'anthropic'::text, 'libretranslate'::text, 'apertium'::text, 'pocketsphinx'::text]))),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (organization_id, capability)
);
create table api_tokens (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  name text not null,
  hash bytea not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  CHECK ((length(hash) = 32)),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id),
  UNIQUE (hash)
);
create table arc_keys (
  domain_id uuid not null,
  organization_id uuid not null,
  selector text not null,
  private_key bytea not null,
  public_key text not null,
  created_at timestamp with time zone not null default now(),
  FOREIGN KEY (domain_id) REFERENCES domains(id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (domain_id)
);
create table assignment_lessons (
  organization_id uuid not null,
  message_id uuid not null,
  assignee text not null,
  features jsonb not null,
  taught_by text not null,
  taught_at timestamp with time zone not null default now(),
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (message_id)
);
create table assignments (
  organization_id uuid not null,
  message_id uuid not null,
  team_id uuid,
  person_id uuid,
  status text not null default 'OPEN'::text,
  assigned_by text not null,
  explanation text not null,
  assigned_at timestamp with time zone not null default clock_timestamp(),
  done_at timestamp with time zone,
  done_by text,
  CHECK ((status = ANY (ARRAY['OPEN'::text, 'DONE'::text]))),
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  FOREIGN KEY (person_id) REFERENCES people(id) ON DELETE SET NULL,
  FOREIGN KEY (team_id) REFERENCES teams(id) ON DELETE SET NULL,
  PRIMARY KEY (message_id)
);
create table audit_events (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  at timestamp with time zone not null default now(),
  actor text not null,
  address text,
  action text not null,
  object_kind text not null,
  object_id text not null,
  before jsonb,
  after jsonb,
  PRIMARY KEY (id)
);
create table blob_chunks (
  organization_id uuid not null,
  sha256 bytea not null,
  number integer not null,
  bytes bytea not null,
  CHECK ((number >= 0)),
  FOREIGN KEY (organization_id, sha256) REFERENCES blobs(organization_id, sha256) ON DELETE CASCADE,
  PRIMARY KEY (organization_id, sha256, number)
);
create table blobs (
  organization_id uuid not null,
  sha256 bytea not null,
  size bigint not null,
  key_id text,
  reference_count integer not null default 0,
  created_at timestamp with time zone not null default now(),
  CHECK ((length(sha256) = 32)),
  CHECK ((reference_count >= 0)),
  CHECK ((size >= 0)),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (organization_id, sha256)
);
create table correction_features (
  organization_id uuid not null,
  message_id uuid not null,
  features bytea not null,
  CHECK ((length(features) <= 262144)),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (organization_id, message_id)
);
create table corrections (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  model_id uuid not null,
  number bigint not null,
  message_id uuid not null,
  kind text not null,
  action text not null default ''::text,
  mailbox_id uuid,
  value text not null,
  said text,
  said_confidence real,
  said_by jsonb not null default '{}'::jsonb,
  rules jsonb not null default '{}'::jsonb,
  given_by text not null,
  given_at timestamp with time zone not null default clock_timestamp(),
  ended_at timestamp with time zone,
  ended_by text,
  CHECK ((length(action) <= 60)),
  CHECK ((length(value) <= 200)),
  FOREIGN KEY (model_id) REFERENCES learned_models(id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id),
  UNIQUE (model_id, number)
);
create table correspondent_domains (
  organization_id uuid not null,
  domain text not null,
  domain_keys text[] not null,
  address text not null,
  PRIMARY KEY (organization_id, domain)
);
create table correspondents (
  organization_id uuid not null,
  address text not null,
  name text not null,
  name_key text not null,
  domain text not null,
  messages integer not null default 1,
  first_seen_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  languages jsonb not null default '{}'::jsonb,
  utc_offset smallint,
  CHECK (((utc_offset >= '-1440'::integer) AND (utc_offset <= 1440))),
  PRIMARY KEY (organization_id, address)
);
create table counters (
  organization_id uuid not null,
  day date not null,
  name text not null,
  value bigint not null default 0,
  PRIMARY KEY (organization_id, day, name)
);
create table delivery_assignments (
  organization_id uuid not null,
  pattern text not null,
  route_id uuid not null,
  updated_at timestamp with time zone not null default now(),
  CHECK ((pattern = lower(pattern))),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  FOREIGN KEY (route_id) REFERENCES delivery_routes(id),
  PRIMARY KEY (organization_id, pattern)
);
create table delivery_attempts (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  delivery_id uuid not null,
  number integer not null,
  started_at timestamp with time zone not null default now(),
  data_at timestamp with time zone,
  ended_at timestamp with time zone,
  outcome text,
  remote text,
  tls text,
  reply_code integer,
  enhanced_code text,
  reply text,
  CHECK ((outcome = ANY (ARRAY['DELIVERED'::text, 'DEFERRED'::text, 'FAILED'::text, 'UNCERTAIN'::text]))),
  FOREIGN KEY (delivery_id) REFERENCES onward_deliveries(id) ON DELETE CASCADE,
  PRIMARY KEY (id),
  UNIQUE (delivery_id, number)
);
create table delivery_circuits (
  organization_id uuid not null,
  server text not null,
  failures integer not null,
  open_until timestamp with time zone not null,
  reason text not null,
  since timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (organization_id, server)
);
create table delivery_counts (
  organization_id uuid not null,
  route text not null,
  path text not null,
  destination text not null,
  span timestamp with time zone not null,
  delivered integer not null default 0,
  deferred integer not null default 0,
  failed integer not null default 0,
  uncertain integer not null default 0,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (organization_id, span, route, path, destination)
);
create table delivery_leases (
  path text not null,
  destination text not null,
  organization_id uuid not null,
  worker uuid not null,
  wanted integer not null,
  slots integer not null,
  served_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  PRIMARY KEY (path, destination, organization_id, worker)
);
create table delivery_paces (
  path text not null,
  destination text not null,
  concurrency real not null,
  rate_per_minute real,
  tokens real not null,
  tokens_at timestamp with time zone not null,
  seen_per_minute real not null,
  seen_at timestamp with time zone not null,
  paused_until timestamp with time zone not null,
  slowdowns integer not null,
  slowed_at timestamp with time zone not null,
  failures integer not null,
  reason text,
  day date,
  used_of_day integer not null default 0,
  PRIMARY KEY (path, destination)
);
create table delivery_pool_members (
  organization_id uuid not null,
  pool_id uuid not null,
  route_id uuid not null,
  weight integer not null,
  CHECK ((weight > 0)),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  FOREIGN KEY (pool_id) REFERENCES delivery_routes(id) ON DELETE CASCADE,
  FOREIGN KEY (route_id) REFERENCES delivery_routes(id),
  PRIMARY KEY (pool_id, route_id)
);
create table delivery_routes (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  name text not null,
  kind text not null,
  host text,
  port integer,
  tls text,
  ca text,
  username text,
  password bytea,
  source_address inet,
  hello_name text,
  concurrency integer,
  rate_per_minute integer,
  warm_up_from date,
  warm_up integer[],
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  CHECK (((kind = 'SMARTHOST'::text) = ((host IS NOT NULL) AND (port IS NOT NULL) AND (tls IS NOT NULL)))),
  CHECK (((password IS NULL) OR (username IS NOT NULL))),
  CHECK (((port >= 1) AND (port <= 65535))),
  CHECK (((warm_up IS NULL) = (warm_up_from IS NULL))),
  CHECK ((concurrency > 0)),
  CHECK ((kind = ANY (ARRAY['DIRECT'::text, 'SMARTHOST'::text, 'POOL'::text]))),
  CHECK ((rate_per_minute > 0)),
  CHECK ((tls = ANY (ARRAY['NONE'::text, 'OPPORTUNISTIC'::text, 'REQUIRED'::text, 'IMPLICIT'::text]))),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id),
  UNIQUE (organization_id, name)
);
create table disposition_rules (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  "position" integer not null,
  enabled boolean not null,
  name text not null,
  expression text not null,
  actions jsonb not null,
  stop boolean not null,
  overrides boolean not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id)
);
create table dkim_keys (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  domain_id uuid not null,
  selector text not null,
  algorithm text not null,
  status text not null default 'PENDING'::text,
  private_key bytea,
  public_key text not null,
  created_by text not null,
  created_at timestamp with time zone not null default now(),
  published_at timestamp with time zone,
  forced_by text,
  activated_at timestamp with time zone,
  retiring_at timestamp with time zone,
  retired_at timestamp with time zone,
  CHECK (((status = 'RETIRED'::text) = (private_key IS NULL))),
  CHECK ((algorithm = ANY (ARRAY['rsa-sha256'::text, 'ed25519-sha256'::text]))),
  CHECK ((selector = lower(selector))),
  CHECK ((status = ANY (ARRAY['PENDING'::text, 'ACTIVE'::text, 'RETIRING'::text, 'RETIRED'::text]))),
  FOREIGN KEY (domain_id) REFERENCES domains(id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id),
  UNIQUE (domain_id, selector)
);
create table domain_dns_answers (
  domain_id uuid not null,
  organization_id uuid not null,
  type text not null,
  name text not null,
  found text[],
  known text[],
  failure text,
  checked_at timestamp with time zone not null,
  CHECK ((type = ANY (ARRAY['TXT'::text, 'MX'::text]))),
  FOREIGN KEY (domain_id) REFERENCES domains(id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (domain_id, type, name)
);
create table domains (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  name text not null,
  created_at timestamp with time zone not null default now(),
  signing_required boolean not null default true,
  key_rotation_days integer default 180,
  key_overlap_days integer not null default 7,
  return_path_mode text not null default 'VERP'::text,
  return_path_host text,
  dns_checked_at timestamp with time zone,
  dns_check_due_at timestamp with time zone not null default now(),
  CHECK (((key_overlap_days >= 1) AND (key_overlap_days <= 90))),
  CHECK (((key_rotation_days >= 1) AND (key_rotation_days <= 3650))),
  CHECK ((name = lower(name))),
  CHECK ((return_path_host = lower(return_path_host))),
  CHECK ((return_path_mode = ANY (ARRAY['VERP'::text, 'AS_GIVEN'::text]))),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id),
  UNIQUE (name)
);
create table engagement_hours (
  organization_id uuid not null,
  scope text not null,
  key text not null,
  hour smallint not null,
  count integer not null,
  last_at timestamp with time zone not null default now(),
  CHECK (((hour >= 0) AND (hour <= 167))),
  CHECK ((scope = ANY (ARRAY['ADDRESS'::text, 'DESTINATION'::text, 'ORGANIZATION'::text]))),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (organization_id, scope, key, hour)
);
create table event_queue (
  id bigint not null generated always as identity,
  organization_id uuid not null,
  at timestamp with time zone not null default clock_timestamp(),
  kind text not null,
  message_id uuid,
  payload jsonb not null default '{}'::jsonb,
  PRIMARY KEY (id)
);
create table events (
  organization_id uuid not null,
  "position" bigint not null,
  at timestamp with time zone not null,
  kind text not null,
  message_id uuid,
  payload jsonb not null,
  sequenced_at timestamp with time zone not null,
  PRIMARY KEY (organization_id, "position", sequenced_at)
) partition by RANGE (sequenced_at);
create table feed_heads (
  organization_id uuid not null,
  "position" bigint not null default 0,
  oldest bigint not null default 1,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (organization_id)
);
create table findings (
  organization_id uuid not null,
  message_id uuid not null,
  run_id uuid not null,
  step text not null,
  number integer not null,
  code text not null,
  severity text not null,
  score double precision not null,
  explanation text not null,
  CHECK ((severity = ANY (ARRAY['info'::text, 'low'::text, 'medium'::text, 'high'::text, 'critical'::text]))),
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE CASCADE,
  FOREIGN KEY (run_id) REFERENCES runs(id) ON DELETE CASCADE,
  PRIMARY KEY (run_id, step, number)
);
create table greylist (
  organization_id uuid not null,
  triplet bytea not null,
  network text not null,
  first_seen timestamp with time zone not null,
  last_seen timestamp with time zone not null,
  passed_at timestamp with time zone,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (organization_id, triplet)
);
create table idempotency_keys (
  organization_id uuid not null,
  key text not null,
  digest bytea not null,
  message_id uuid not null,
  created_at timestamp with time zone not null default now(),
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE CASCADE,
  PRIMARY KEY (organization_id, key)
);
create table imap_accounts (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  name text not null,
  host text not null,
  port integer not null,
  tls text not null,
  username text not null,
  authentication text not null,
  sealed_credentials bytea not null,
  sealed_access_token bytea,
  access_token_expires_at timestamp with time zone,
  token_url text,
  recipient text not null,
  start_from text not null,
  actions jsonb not null default '{}'::jsonb,
  paused boolean not null default false,
  version integer not null default 1,
  state text not null default 'NEW'::text,
  state_reason text,
  state_at timestamp with time zone not null default now(),
  last_sync_at timestamp with time zone,
  reconcile_requested_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  CHECK (((port >= 1) AND (port <= 65535))),
  CHECK ((authentication = ANY (ARRAY['password'::text, 'oauth2'::text]))),
  CHECK ((start_from = ANY (ARRAY['ALL'::text, 'NEW'::text]))),
  CHECK ((state = ANY (ARRAY['NEW'::text, 'CONNECTING'::text, 'SYNCING'::text, 'WATCHING'::text, 'RETRYING'::text, 'AUTHENTICATION_FAILED'::text, 'NEEDS_AUTHORIZATION'::text, 'MISCONFIGURED'::text]))),
  CHECK ((tls = ANY (ARRAY['implicit'::text, 'starttls'::text, 'none'::text]))),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id)
);
create table imap_actions (
  organization_id uuid not null,
  account_id uuid not null,
  message_id uuid not null,
  run_id uuid not null,
  status text not null,
  state text not null default 'waiting'::text,
  attempts integer not null default 0,
  due_at timestamp with time zone not null default now(),
  error text,
  updated_at timestamp with time zone not null default now(),
  CHECK ((state = ANY (ARRAY['waiting'::text, 'done'::text, 'gone'::text, 'failed'::text]))),
  FOREIGN KEY (account_id) REFERENCES imap_accounts(id) ON DELETE CASCADE,
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE CASCADE,
  PRIMARY KEY (account_id, message_id)
);
create table imap_folders (
  organization_id uuid not null,
  account_id uuid not null,
  path text not null,
  "position" integer not null default 0,
  watched boolean not null default true,
  uid_validity bigint,
  uid_next bigint,
  highest_modseq numeric(20,0),
  settled_to bigint not null default 0,
  before_to bigint not null default 0,
  server_count integer not null default 0,
  behind integer not null default 0,
  last_sync_at timestamp with time zone,
  error text,
  proof jsonb,
  reconciled_at timestamp with time zone,
  FOREIGN KEY (account_id) REFERENCES imap_accounts(id) ON DELETE CASCADE,
  PRIMARY KEY (account_id, path)
);
create table imap_messages (
  organization_id uuid not null,
  account_id uuid not null,
  folder text not null,
  uid_validity bigint not null,
  uid bigint not null,
  outcome text not null,
  reason text,
  message_id uuid,
  sha256 bytea,
  size bigint not null,
  internal_date timestamp with time zone,
  header_message_id text,
  settled_at timestamp with time zone not null default now(),
  gone_at timestamp with time zone,
  CHECK ((outcome = ANY (ARRAY['taken'::text, 'known'::text, 'before'::text, 'skipped'::text]))),
  FOREIGN KEY (account_id) REFERENCES imap_accounts(id) ON DELETE CASCADE,
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE SET NULL,
  PRIMARY KEY (account_id, folder, uid_validity, uid)
);
create table indicators (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  kind text not null,
  value text not null,
  source text not null,
  confidence double precision not null,
  expires_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
  CHECK ((kind = ANY (ARRAY['url'::text, 'domain'::text, 'ip'::text, 'address'::text, 'hash'::text]))),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id),
  UNIQUE (organization_id, kind, value, source)
);
create table key_lookups (
  organization_id uuid not null,
  address text not null,
  looked_up_at timestamp with time zone not null default now(),
  until timestamp with time zone not null,
  found boolean not null,
  failure text,
  CHECK ((address = lower(address))),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (organization_id, address)
);
create table learned_assignments (
  organization_id uuid not null,
  counts jsonb not null,
  updated_at timestamp with time zone not null default now(),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (organization_id)
);
create table learned_models (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  kind text not null,
  mailbox_id uuid,
  revision uuid not null default uuidv7(),
  last_number bigint not null default 0,
  current_version uuid,
  tried_through bigint not null default 0,
  withdrawn integer not null default 0,
  requested_at timestamp with time zone,
  training integer not null default 0,
  training_since timestamp with time zone,
  rests_until timestamp with time zone,
  drifting_since timestamp with time zone,
  updated_at timestamp with time zone not null default clock_timestamp(),
  CHECK ((kind = ANY (ARRAY['TYPE'::text, 'PRIORITY'::text, 'ROUTING'::text, 'SPAM'::text, 'ACTION'::text]))),
  FOREIGN KEY (current_version) REFERENCES model_versions(id) ON DELETE SET NULL,
  FOREIGN KEY (mailbox_id) REFERENCES mailboxes(id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id),
  UNIQUE NULLS NOT DISTINCT (organization_id, kind, mailbox_id)
);
create table learned_routes (
  organization_id uuid not null,
  counts jsonb not null,
  examples integer not null default 0,
  updated_at timestamp with time zone not null default now(),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (organization_id)
);
create table mail_keys (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  kind text not null,
  fingerprint text not null,
  addresses text[] not null,
  key_ids text[] not null default '{}'::text[],
  subject text not null,
  issuer text,
  algorithm text not null,
  valid_from timestamp with time zone,
  valid_to timestamp with time zone,
  authority boolean not null default false,
  public_part text not null,
  private_part bytea,
  created_by text not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  revoked_at timestamp with time zone,
  chain text,
  CHECK (((revoked_at IS NULL) OR (private_part IS NULL))),
  CHECK ((kind = ANY (ARRAY['smime'::text, 'openpgp'::text]))),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id),
  UNIQUE (organization_id, kind, fingerprint)
);
create table mailbox_passwords (
  mailbox_id uuid not null,
  organization_id uuid not null,
  hash text not null,
  set_by text not null,
  set_at timestamp with time zone not null default now(),
  CHECK ((hash ~~ '$argon2id$%'::text)),
  FOREIGN KEY (mailbox_id) REFERENCES mailboxes(id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (mailbox_id)
);
create table mailboxes (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  domain_id uuid not null,
  name text not null,
  pattern text not null,
  rules jsonb not null default '[]'::jsonb,
  members text[] not null default '{}'::text[],
  created_at timestamp with time zone not null default now(),
  CHECK ((pattern = lower(pattern))),
  FOREIGN KEY (domain_id) REFERENCES domains(id),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id),
  UNIQUE (organization_id, pattern)
);
create table message_embeddings (
  organization_id uuid not null,
  message_id uuid not null,
  by_provider boolean not null default false,
  space text not null,
  vector bytea not null,
  CHECK (((length(space) >= 1) AND (length(space) <= 200))),
  CHECK (((length(vector) >= 1) AND (length(vector) <= 8192))),
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE CASCADE,
  PRIMARY KEY (message_id, by_provider)
);
create table message_labels (
  organization_id uuid not null,
  message_id uuid not null,
  label text not null,
  set_by text not null,
  set_at timestamp with time zone not null default now(),
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE CASCADE,
  PRIMARY KEY (message_id, label)
);
create table message_recipients (
  organization_id uuid not null,
  message_id uuid not null,
  address text not null,
  mailbox_id uuid,
  disposition text,
  deliver_to text,
  CHECK ((disposition = ANY (ARRAY['deliver'::text, 'quarantine'::text, 'reject'::text, 'hold'::text, 'forward'::text]))),
  FOREIGN KEY (mailbox_id) REFERENCES mailboxes(id),
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE CASCADE,
  PRIMARY KEY (message_id, address)
);
create table message_references (
  organization_id uuid not null,
  message_id uuid not null,
  reference text not null,
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE CASCADE,
  PRIMARY KEY (message_id, reference)
);
create table message_template_versions (
  template_id uuid not null,
  version integer not null,
  organization_id uuid not null,
  subject text not null,
  text text,
  html text,
  default_from text,
  saved_by text not null,
  saved_at timestamp with time zone not null default now(),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  FOREIGN KEY (template_id) REFERENCES message_templates(id) ON DELETE CASCADE,
  PRIMARY KEY (template_id, version)
);
create table message_templates (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  name text not null,
  language text not null,
  version integer not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  removed_at timestamp with time zone,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id)
);
create table message_words (
  organization_id uuid not null,
  message_id uuid not null,
  words tsvector not null,
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE CASCADE,
  PRIMARY KEY (message_id)
);
create table messages (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  direction text not null,
  status text not null default 'RECEIVED'::text,
  current_run integer not null default 1,
  source text not null,
  sha256 bytea not null,
  size bigint not null,
  session jsonb not null,
  trace text not null default ''::text,
  received_at timestamp with time zone not null,
  subject text,
  from_address text,
  from_name text,
  to_addresses text[] not null default '{}'::text[],
  message_id text,
  sent_at timestamp with time zone,
  thread_id uuid,
  thread_by text,
  disposition text,
  disposition_reason text,
  updated_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  deleted_by text,
  CHECK ((direction = ANY (ARRAY['INCOMING'::text, 'OUTGOING'::text]))),
  CHECK ((disposition = ANY (ARRAY['deliver'::text, 'quarantine'::text, 'reject'::text, 'hold'::text, 'forward'::text]))),
  CHECK ((status = ANY (ARRAY['RECEIVED'::text, 'PROCESSING'::text, 'PAUSED'::text, 'HELD'::text, 'DELIVERED'::text, 'QUARANTINED'::text, 'REJECTED'::text, 'FAILED'::text, 'CANCELED'::text, 'SCHEDULED'::text, 'SENDING'::text, 'BOUNCED'::text, 'PARTIAL'::text]))),
  CHECK ((thread_by = ANY (ARRAY['references'::text, 'inReplyTo'::text, 'subject'::text, 'new'::text]))),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  FOREIGN KEY (organization_id, sha256) REFERENCES blobs(organization_id, sha256),
  FOREIGN KEY (thread_id) REFERENCES threads(id),
  PRIMARY KEY (id)
);
create table model_versions (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  model_id uuid not null,
  number integer not null,
  parent_id uuid,
  through bigint not null,
  examples integer not null,
  labels text[] not null,
  weights bytea,
  engine text not null,
  engine_version text not null,
  seed integer not null,
  promoted boolean not null,
  reason text not null,
  figures jsonb not null,
  agreement jsonb,
  created_at timestamp with time zone not null default clock_timestamp(),
  CHECK ((length(weights) <= 33554432)),
  FOREIGN KEY (model_id) REFERENCES learned_models(id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  FOREIGN KEY (parent_id) REFERENCES model_versions(id) ON DELETE CASCADE,
  PRIMARY KEY (id),
  UNIQUE (model_id, number)
);
create table mta_sts_policies (
  domain text not null,
  policy_id text not null,
  policy jsonb not null,
  expires_at timestamp with time zone not null,
  fetched_at timestamp with time zone not null default now(),
  PRIMARY KEY (domain)
);
create table next_hops (
  domain_id uuid not null,
  organization_id uuid not null,
  protocol text not null,
  host text,
  port integer,
  socket text,
  tls text not null,
  ca text,
  username text,
  password bytea,
  updated_at timestamp with time zone not null default now(),
  CHECK (((password IS NULL) OR (username IS NOT NULL))),
  CHECK (((port >= 1) AND (port <= 65535))),
  CHECK (((socket IS NULL) = ((host IS NOT NULL) AND (port IS NOT NULL)))),
  CHECK (((socket IS NULL) OR (protocol = 'LMTP'::text))),
  CHECK ((protocol = ANY (ARRAY['LMTP'::text, 'SMTP'::text]))),
  CHECK ((tls = ANY (ARRAY['NONE'::text, 'OPPORTUNISTIC'::text, 'REQUIRED'::text]))),
  FOREIGN KEY (domain_id) REFERENCES domains(id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (domain_id)
);
create table notifications (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  message_id uuid,
  kind text not null,
  recipient text not null,
  text text not null,
  created_at timestamp with time zone not null default now(),
  read_at timestamp with time zone,
  domain text,
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE CASCADE,
  PRIMARY KEY (id)
);
create table onward_deliveries (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  message_id uuid not null,
  run_id uuid not null,
  recipient text not null,
  kind text not null,
  target text not null,
  route text not null,
  status text not null default 'PENDING'::text,
  attempts integer not null default 0,
  rounds integer not null default 0,
  attempt_id uuid,
  next_attempt_at timestamp with time zone,
  waits_for text,
  reply text,
  generation integer not null default 1,
  build_id text,
  started_at timestamp with time zone,
  told_to text,
  created_at timestamp with time zone not null default now(),
  opened_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  CHECK ((kind = ANY (ARRAY['nextHop'::text, 'forward'::text]))),
  CHECK ((status = ANY (ARRAY['PENDING'::text, 'SENDING'::text, 'DEFERRED'::text, 'DELIVERED'::text, 'FAILED'::text, 'UNCERTAIN'::text, 'CANCELED'::text]))),
  CHECK ((told_to = ANY (ARRAY['retryNow'::text, 'look'::text]))),
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE CASCADE,
  FOREIGN KEY (run_id) REFERENCES runs(id) ON DELETE CASCADE,
  PRIMARY KEY (id),
  UNIQUE (message_id, kind, target)
);
create table organizations (
  id uuid not null default uuidv7(),
  name text not null,
  time_zone text not null default 'UTC'::text,
  settings jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null default now(),
  CHECK ((name <> ''::text)),
  PRIMARY KEY (id)
);
create table outgoing_attempts (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  recipient_id uuid not null,
  route text,
  started_at timestamp with time zone not null,
  data_at timestamp with time zone,
  ended_at timestamp with time zone,
  outcome text,
  remote text,
  tls text,
  reply_code integer,
  enhanced_code text,
  reply text,
  CHECK ((outcome = ANY (ARRAY['DELIVERED'::text, 'DEFERRED'::text, 'FAILED'::text, 'UNCERTAIN'::text]))),
  FOREIGN KEY (recipient_id) REFERENCES outgoing_recipients(id) ON DELETE CASCADE,
  PRIMARY KEY (id)
);
create table outgoing_messages (
  message_id uuid not null,
  organization_id uuid not null,
  submitted_by text not null,
  mail_from text not null,
  stream text not null,
  options jsonb not null default '{}'::jsonb,
  prepared_sha256 bytea,
  prepared_size bigint,
  personal boolean not null default false,
  undo_until timestamp with time zone,
  send_at timestamp with time zone,
  held_at timestamp with time zone,
  held_because text,
  canceled_at timestamp with time zone,
  approved_by text,
  approved_at timestamp with time zone,
  retention text,
  told_to text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  CHECK ((stream = ANY (ARRAY['TRANSACTIONAL'::text, 'BULK'::text]))),
  CHECK ((told_to = ANY (ARRAY['look'::text, 'retryNow'::text]))),
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE CASCADE,
  PRIMARY KEY (message_id)
);
create table outgoing_recipients (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  message_id uuid not null,
  address text not null,
  name text,
  role text not null default 'to'::text,
  destination text not null,
  status text not null default 'QUEUED'::text,
  held_from text,
  merge_fields jsonb,
  variant_sha256 bytea,
  route text,
  attempts integer not null default 0,
  attempt_id uuid,
  lane text,
  claim_id uuid,
  next_attempt_at timestamp with time zone,
  opened_at timestamp with time zone,
  reply text,
  remote_queue_id text,
  bounce_class text,
  delivered_at timestamp with time zone,
  delay_told_at timestamp with time zone,
  end_told_at timestamp with time zone,
  updated_at timestamp with time zone not null default now(),
  CHECK ((destination = lower(destination))),
  CHECK ((held_from = ANY (ARRAY['QUEUED'::text, 'SCHEDULED'::text, 'DEFERRED'::text]))),
  CHECK ((role = ANY (ARRAY['to'::text, 'cc'::text, 'bcc'::text]))),
  CHECK ((status = ANY (ARRAY['QUEUED'::text, 'HELD'::text, 'SCHEDULED'::text, 'SENDING'::text, 'DEFERRED'::text, 'DELIVERED'::text, 'BOUNCED'::text, 'UNCERTAIN'::text, 'CANCELED'::text]))),
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE CASCADE,
  PRIMARY KEY (id),
  UNIQUE (message_id, address)
);
create table outgoing_rules (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  "position" integer not null,
  enabled boolean not null,
  name text not null,
  expression text not null,
  actions jsonb not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id)
);
create table people (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  name text not null,
  address text not null,
  time_zone text not null,
  hours jsonb not null default '[]'::jsonb,
  absences jsonb not null default '[]'::jsonb,
  most_open integer,
  last_assigned_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  CHECK ((address = lower(address))),
  CHECK ((most_open > 0)),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id),
  UNIQUE (organization_id, address)
);
create table phrase_learning (
  organization_id uuid not null,
  changed_at timestamp with time zone not null default clock_timestamp(),
  built_through timestamp with time zone,
  built_at timestamp with time zone,
  forgotten_at timestamp with time zone,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (organization_id)
);
create table phrase_models (
  organization_id uuid not null,
  mailbox_id uuid,
  version uuid not null default uuidv7(),
  lessons integer not null,
  model bytea not null,
  built_at timestamp with time zone not null default clock_timestamp(),
  CHECK ((length(model) <= 16000000)),
  FOREIGN KEY (mailbox_id) REFERENCES mailboxes(id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  UNIQUE NULLS NOT DISTINCT (organization_id, mailbox_id)
);
create table protection_policies (
  organization_id uuid not null,
  policy jsonb not null,
  updated_by text not null,
  updated_at timestamp with time zone not null default now(),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (organization_id)
);
create table quarantine_digests (
  organization_id uuid not null,
  mailbox_id uuid not null,
  day date not null,
  message_id uuid,
  entries integer not null,
  told_until timestamp with time zone not null,
  FOREIGN KEY (mailbox_id) REFERENCES mailboxes(id) ON DELETE CASCADE,
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE SET NULL,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (mailbox_id, day)
);
create table recipient_keys (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  address text not null,
  kind text not null,
  source text not null,
  trust text not null,
  fingerprint text not null,
  subject text not null,
  issuer text,
  algorithm text not null,
  reads_gcm boolean not null default false,
  valid_from timestamp with time zone,
  valid_to timestamp with time zone,
  public_part text not null,
  created_by text not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  last_seen_at timestamp with time zone not null default now(),
  removed_at timestamp with time zone,
  CHECK ((address = lower(address))),
  CHECK ((kind = ANY (ARRAY['smime'::text, 'openpgp'::text]))),
  CHECK ((source = ANY (ARRAY['UPLOADED'::text, 'RECEIVED'::text, 'WKD'::text]))),
  CHECK ((trust = ANY (ARRAY['SEEN'::text, 'DOMAIN'::text, 'VERIFIED'::text]))),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id),
  UNIQUE (organization_id, address, kind, fingerprint)
);
create table recipient_signals (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  message_id uuid not null,
  recipient_id uuid not null,
  kind text not null,
  at timestamp with time zone not null default now(),
  evidence_id uuid,
  detail jsonb not null default '{}'::jsonb,
  CHECK ((kind = ANY (ARRAY['BOUNCED'::text, 'DELAYED'::text, 'DELIVERED'::text, 'COMPLAINED'::text, 'AUTO_REPLIED'::text, 'REPLIED'::text, 'OPENED'::text, 'CLICKED'::text, 'UNSUBSCRIBED'::text]))),
  FOREIGN KEY (evidence_id) REFERENCES messages(id) ON DELETE SET NULL,
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE CASCADE,
  FOREIGN KEY (recipient_id) REFERENCES outgoing_recipients(id) ON DELETE CASCADE,
  PRIMARY KEY (id)
);
create table repeated_bounces (
  organization_id uuid not null,
  address text not null,
  bounces integer not null,
  last_message_id uuid not null,
  last_at timestamp with time zone not null default now(),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (organization_id, address)
);
create table reply_requests (
  organization_id uuid not null,
  message_id uuid not null,
  id uuid not null default uuidv7(),
  instruction text,
  report jsonb,
  input_hash bytea,
  asked_at timestamp with time zone not null default clock_timestamp(),
  sealed bytea,
  CHECK ((length(instruction) <= 500)),
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE CASCADE,
  PRIMARY KEY (message_id)
);
create table response_templates (
  organization_id uuid not null,
  id uuid not null default uuidv7(),
  name text not null,
  language text not null,
  subject text,
  body text not null,
  types text[] not null default '{}'::text[],
  intents text[] not null default '{}'::text[],
  words text[] not null default '{}'::text[],
  updated_at timestamp with time zone not null default clock_timestamp(),
  CHECK (((length(body) >= 1) AND (length(body) <= 3000))),
  CHECK (((length(name) >= 1) AND (length(name) <= 80))),
  CHECK ((language ~ '^[a-z]{2}$'::text)),
  CHECK ((length(subject) <= 200)),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id)
);
create table route_lessons (
  organization_id uuid not null,
  message_id uuid not null,
  mailbox_id uuid not null,
  features jsonb not null,
  taught_by text not null,
  taught_at timestamp with time zone not null default now(),
  FOREIGN KEY (mailbox_id) REFERENCES mailboxes(id) ON DELETE CASCADE,
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE CASCADE,
  PRIMARY KEY (message_id)
);
create table runs (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  message_id uuid not null,
  number integer not null,
  workflow_id text not null,
  status text not null default 'RECEIVED'::text,
  lane text not null default 'normal'::text,
  waited_for boolean not null default false,
  asked text[] not null default '{}'::text[],
  decided text,
  control text,
  control_by text,
  control_at timestamp with time zone,
  begun integer not null default 0,
  build_id text,
  backlog integer,
  confidence double precision,
  opened_at timestamp with time zone not null default now(),
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  decision jsonb,
  CHECK ((control = ANY (ARRAY['pause'::text, 'resume'::text, 'cancel'::text, 'release'::text, 'reject'::text]))),
  CHECK ((decided = ANY (ARRAY['deliver'::text, 'reject'::text]))),
  CHECK ((lane = ANY (ARRAY['interactive'::text, 'normal'::text, 'bulk'::text]))),
  CHECK ((number > 0)),
  CHECK ((status = ANY (ARRAY['RECEIVED'::text, 'PROCESSING'::text, 'PAUSED'::text, 'HELD'::text, 'DELIVERED'::text, 'QUARANTINED'::text, 'REJECTED'::text, 'FAILED'::text, 'CANCELED'::text, 'SCHEDULED'::text, 'SENDING'::text, 'BOUNCED'::text, 'PARTIAL'::text]))),
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id),
  UNIQUE (message_id, number),
  UNIQUE (workflow_id)
);
create table sender_rates (
  organization_id uuid not null,
  source text not null,
  hour timestamp with time zone not null,
  messages integer not null,
  usual double precision not null,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (organization_id, source)
);
create table sending_policies (
  organization_id uuid not null,
  policy jsonb not null,
  updated_by text not null,
  updated_at timestamp with time zone not null default now(),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (organization_id)
);
create table sent_lessons (
  organization_id uuid not null,
  id uuid not null default uuidv7(),
  source text not null,
  mailbox_id uuid,
  text text not null,
  recipients text[] not null default '{}'::text[],
  learned_at timestamp with time zone not null default clock_timestamp(),
  CHECK (((length(source) >= 1) AND (length(source) <= 200))),
  CHECK ((length(text) <= 8000)),
  FOREIGN KEY (mailbox_id) REFERENCES mailboxes(id) ON DELETE SET NULL,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (organization_id, id),
  UNIQUE (organization_id, source)
);
create table side_effects (
  organization_id uuid not null,
  message_id uuid not null,
  kind text not null,
  target text not null,
  run_id uuid not null,
  status text not null default 'done'::text,
  created_at timestamp with time zone not null default now(),
  CHECK ((status = ANY (ARRAY['intended'::text, 'done'::text, 'uncertain'::text]))),
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE CASCADE,
  PRIMARY KEY (organization_id, message_id, kind, target)
);
create table spam_lessons (
  organization_id uuid not null,
  message_id uuid not null,
  mailbox_id uuid,
  is_spam boolean not null,
  prior real not null,
  rules real not null,
  buckets bytea not null,
  taught_by text not null,
  taught_at timestamp with time zone not null default clock_timestamp(),
  CHECK ((length(buckets) <= 4800)),
  FOREIGN KEY (mailbox_id) REFERENCES mailboxes(id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  UNIQUE NULLS NOT DISTINCT (organization_id, mailbox_id, message_id)
);
create table spam_models (
  organization_id uuid not null,
  mailbox_id uuid,
  version uuid not null default uuidv7(),
  spam integer not null default 0,
  ham integer not null default 0,
  weights bytea,
  updated_at timestamp with time zone not null default clock_timestamp(),
  CHECK ((length(weights) <= 300000)),
  FOREIGN KEY (mailbox_id) REFERENCES mailboxes(id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  UNIQUE NULLS NOT DISTINCT (organization_id, mailbox_id)
);
create table steps (
  organization_id uuid not null,
  run_id uuid not null,
  message_id uuid not null,
  stage text not null,
  name text not null,
  attempt integer not null,
  status text not null,
  started_at timestamp with time zone not null,
  duration_ms double precision,
  confidence double precision,
  outcome jsonb,
  error jsonb,
  input_hash bytea,
  engine text,
  engine_version text,
  rule_version text,
  model_version text,
  from_cache boolean not null default false,
  CHECK ((status = ANY (ARRAY['RUNNING'::text, 'DONE'::text, 'DEGRADED'::text, 'UNAVAILABLE'::text, 'FAILED'::text]))),
  FOREIGN KEY (run_id) REFERENCES runs(id) ON DELETE CASCADE,
  PRIMARY KEY (run_id, name, attempt)
);
create table suppressions (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  address text not null,
  reason text not null,
  scope text not null,
  note text not null default ''::text,
  message_id uuid,
  created_by text not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  CHECK (((address = lower(address)) AND (address ~~ '%@%'::text))),
  CHECK ((reason = ANY (ARRAY['HARD_BOUNCE'::text, 'REPEATED_BOUNCES'::text, 'COMPLAINT'::text, 'UNSUBSCRIBED'::text, 'MANUAL'::text]))),
  CHECK ((scope = ANY (ARRAY['BULK'::text, 'ALL'::text]))),
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE SET NULL,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id),
  UNIQUE (organization_id, address, reason)
);
create table team_mailboxes (
  organization_id uuid not null,
  mailbox_id uuid not null,
  team_id uuid not null,
  FOREIGN KEY (mailbox_id) REFERENCES mailboxes(id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  FOREIGN KEY (team_id) REFERENCES teams(id) ON DELETE CASCADE,
  PRIMARY KEY (mailbox_id)
);
create table team_members (
  organization_id uuid not null,
  team_id uuid not null,
  person_id uuid not null,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  FOREIGN KEY (person_id) REFERENCES people(id) ON DELETE CASCADE,
  FOREIGN KEY (team_id) REFERENCES teams(id) ON DELETE CASCADE,
  PRIMARY KEY (team_id, person_id)
);
create table teams (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  name text not null,
  created_at timestamp with time zone not null default now(),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id)
);
create table template_uses (
  organization_id uuid not null,
  message_id uuid not null,
  template text not null,
  type text,
  intent text,
  language text,
  used_by text not null,
  used_at timestamp with time zone not null default clock_timestamp(),
  CHECK ((length(template) <= 60)),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (organization_id, message_id)
);
create table thread_summaries (
  organization_id uuid not null,
  digest bytea not null,
  message_ids uuid[] not null,
  embedded jsonb not null,
  answer jsonb,
  answered_by jsonb,
  input_hash bytea,
  made_at timestamp with time zone not null default now(),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (organization_id, digest)
);
create table thread_summary_translations (
  organization_id uuid not null,
  digest bytea not null,
  language text not null,
  texts jsonb not null,
  reason text,
  answered_by jsonb,
  input_hash bytea not null,
  FOREIGN KEY (organization_id, digest) REFERENCES thread_summaries(organization_id, digest) ON DELETE CASCADE,
  PRIMARY KEY (organization_id, digest, language)
);
create table threads (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  subject text not null,
  created_at timestamp with time zone not null default now(),
  last_message_at timestamp with time zone not null,
  merged_into uuid,
  FOREIGN KEY (merged_into) REFERENCES threads(id),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id)
);
create table tracking_opt_outs (
  organization_id uuid not null,
  address text not null,
  created_at timestamp with time zone not null default now(),
  CHECK ((address = lower(address))),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (organization_id, address)
);
create table type_labels (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  name text not null,
  description text not null default ''::text,
  words text[] not null default '{}'::text[],
  enabled boolean not null default true,
  updated_at timestamp with time zone not null default clock_timestamp(),
  CHECK (((length(name) >= 1) AND (length(name) <= 40))),
  CHECK ((length(description) <= 500)),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id)
);
create table unconfirmed_acceptances (
  key bytea not null,
  accepted_as uuid[] not null,
  reply text not null,
  instance uuid not null,
  session text not null,
  closed_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  PRIMARY KEY (key, session)
);
create table webhook_deliveries (
  webhook_id uuid not null,
  "position" bigint not null,
  organization_id uuid not null,
  kind text not null,
  at timestamp with time zone not null,
  message_id uuid,
  payload jsonb not null,
  status text not null default 'PENDING'::text,
  attempts integer not null default 0,
  opened_at timestamp with time zone not null default now(),
  next_attempt_at timestamp with time zone default now(),
  last_attempt_at timestamp with time zone,
  last_code integer,
  last_answer text,
  ended_at timestamp with time zone,
  CHECK ((status = ANY (ARRAY['PENDING'::text, 'DELIVERED'::text, 'FAILED'::text]))),
  FOREIGN KEY (webhook_id) REFERENCES webhooks(id) ON DELETE CASCADE,
  PRIMARY KEY (webhook_id, "position")
);
create table webhook_secrets (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  webhook_id uuid not null,
  sealed bytea not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  FOREIGN KEY (webhook_id) REFERENCES webhooks(id) ON DELETE CASCADE,
  PRIMARY KEY (id)
);
create table webhooks (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  url text not null,
  description text not null default ''::text,
  events text[] not null,
  enabled boolean not null default true,
  disabled_at timestamp with time zone,
  disabled_because text,
  created_by text not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  "position" bigint not null,
  lost bigint not null default 0,
  failures integer not null default 0,
  failing_since timestamp with time zone,
  rests_until timestamp with time zone,
  claim uuid,
  claimed_until timestamp with time zone,
  build_id text,
  due_at timestamp with time zone,
  wake boolean not null default false,
  woken_at timestamp with time zone,
  CHECK ((disabled_because = ANY (ARRAY['PERSON'::text, 'GONE'::text, 'FAILING'::text]))),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id)
);
create table workflow_builds (
  build_id text not null,
  bundle bytea not null,
  created_at timestamp with time zone not null default now(),
  PRIMARY KEY (build_id)
);

CREATE INDEX address_lists_mailbox_id_idx ON public.address_lists USING btree (mailbox_id) WHERE (mailbox_id IS NOT NULL);
CREATE INDEX ai_answers_answered_at_idx ON public.ai_answers USING brin (answered_at);
CREATE INDEX ai_answers_message_id_idx ON public.ai_answers USING btree (message_id);
CREATE INDEX ai_answers_organization_id_input_hash_idx ON public.ai_answers USING btree (organization_id, input_hash) WHERE whole;
CREATE INDEX ai_owed_due_at_idx ON public.ai_owed USING btree (due_at);
CREATE INDEX ai_owed_message_id_idx ON public.ai_owed USING btree (message_id);
CREATE INDEX ai_owed_organization_id_capability_idx ON public.ai_owed USING btree (organization_id, capability);
CREATE INDEX ai_requests_message_id_idx ON public.ai_requests USING btree (message_id) WHERE (message_id IS NOT NULL);
CREATE INDEX ai_requests_open ON public.ai_requests USING btree (started_at) WHERE (settled_at IS NULL);
CREATE INDEX ai_requests_organization_id_capability_started_at_idx ON public.ai_requests USING btree (organization_id, capability, started_at);
CREATE INDEX ai_requests_started_at_idx ON public.ai_requests USING brin (started_at);
CREATE INDEX api_tokens_organization_id_idx ON public.api_tokens USING btree (organization_id);
CREATE INDEX arc_keys_organization_id_idx ON public.arc_keys USING btree (organization_id);
CREATE INDEX assignments_open ON public.assignments USING btree (organization_id, person_id) WHERE (status = 'OPEN'::text);
CREATE INDEX assignments_person_id_idx ON public.assignments USING btree (person_id) WHERE (person_id IS NOT NULL);
CREATE INDEX assignments_team_id_idx ON public.assignments USING btree (team_id) WHERE (team_id IS NOT NULL);
CREATE INDEX audit_events_organization_id_at_idx ON public.audit_events USING btree (organization_id, at DESC);
CREATE INDEX audit_events_organization_id_object_kind_object_id_at_idx ON public.audit_events USING btree (organization_id, object_kind, object_id, at DESC);
CREATE UNIQUE INDEX corrections_in_force ON public.corrections USING btree (organization_id, message_id, kind, action, mailbox_id) NULLS NOT DISTINCT WHERE (ended_at IS NULL);
CREATE INDEX corrections_model_id_number_idx ON public.corrections USING btree (model_id, number) WHERE (ended_at IS NULL);
CREATE INDEX corrections_organization_id_id_idx ON public.corrections USING btree (organization_id, id DESC);
CREATE INDEX corrections_organization_id_message_id_idx ON public.corrections USING btree (organization_id, message_id);
CREATE INDEX correspondent_domains_domain_keys_idx ON public.correspondent_domains USING gin (domain_keys);
CREATE INDEX correspondents_organization_id_domain_idx ON public.correspondents USING btree (organization_id, domain);
CREATE INDEX correspondents_organization_id_name_key_idx ON public.correspondents USING btree (organization_id, name_key) WHERE (name_key <> ''::text);
CREATE INDEX delivery_assignments_route_id_idx ON public.delivery_assignments USING btree (route_id);
CREATE INDEX delivery_attempts_organization_id_idx ON public.delivery_attempts USING btree (organization_id);
CREATE INDEX delivery_counts_organization_id_path_destination_idx ON public.delivery_counts USING btree (organization_id, path, destination);
CREATE INDEX delivery_counts_span_idx ON public.delivery_counts USING btree (span);
CREATE INDEX delivery_leases_expires_at_idx ON public.delivery_leases USING btree (expires_at);
CREATE INDEX delivery_paces_seen_at_idx ON public.delivery_paces USING btree (seen_at);
CREATE INDEX delivery_pool_members_organization_id_idx ON public.delivery_pool_members USING btree (organization_id);
CREATE INDEX delivery_pool_members_route_id_idx ON public.delivery_pool_members USING btree (route_id);
CREATE INDEX disposition_rules_organization_id_position_idx ON public.disposition_rules USING btree (organization_id, "position");
CREATE UNIQUE INDEX dkim_keys_active ON public.dkim_keys USING btree (domain_id, algorithm) WHERE (status = 'ACTIVE'::text);
CREATE INDEX dkim_keys_organization_id_idx ON public.dkim_keys USING btree (organization_id);
CREATE INDEX domain_dns_answers_organization_id_idx ON public.domain_dns_answers USING btree (organization_id);
CREATE INDEX domains_dns_check_due_at_idx ON public.domains USING btree (dns_check_due_at);
CREATE INDEX domains_organization_id_idx ON public.domains USING btree (organization_id);
CREATE INDEX domains_return_path_host_idx ON public.domains USING btree (return_path_host) WHERE (return_path_host IS NOT NULL);
CREATE INDEX events_message_id_position_idx ON ONLY public.events USING btree (message_id, "position");
CREATE INDEX findings_message_id_idx ON public.findings USING btree (message_id);
CREATE INDEX greylist_last_seen_idx ON public.greylist USING btree (last_seen);
CREATE INDEX greylist_passed ON public.greylist USING btree (organization_id, network) WHERE (passed_at IS NOT NULL);
CREATE INDEX idempotency_keys_message_id_idx ON public.idempotency_keys USING btree (message_id);
CREATE INDEX imap_accounts_organization_id_id_idx ON public.imap_accounts USING btree (organization_id, id);
CREATE INDEX imap_actions_waiting ON public.imap_actions USING btree (account_id, due_at) WHERE (state = 'waiting'::text);
CREATE INDEX imap_messages_account_id_sha256_idx ON public.imap_messages USING btree (account_id, sha256) WHERE (sha256 IS NOT NULL);
CREATE INDEX imap_messages_before ON public.imap_messages USING btree (account_id, internal_date, size) WHERE (outcome = 'before'::text);
CREATE INDEX imap_messages_message_id_idx ON public.imap_messages USING btree (message_id) WHERE (message_id IS NOT NULL);
CREATE INDEX imap_messages_present ON public.imap_messages USING btree (account_id, folder, uid_validity, uid) WHERE (gone_at IS NULL);
CREATE INDEX imap_messages_skipped ON public.imap_messages USING btree (account_id, settled_at DESC) WHERE (outcome = 'skipped'::text);
CREATE INDEX indicators_organization_id_id_idx ON public.indicators USING btree (organization_id, id DESC);
CREATE INDEX key_lookups_until_idx ON public.key_lookups USING btree (until);
CREATE INDEX learned_models_current_version_idx ON public.learned_models USING btree (current_version) WHERE (current_version IS NOT NULL);
CREATE INDEX learned_models_mailbox_id_idx ON public.learned_models USING btree (mailbox_id) WHERE (mailbox_id IS NOT NULL);
CREATE INDEX mailbox_passwords_organization_id_idx ON public.mailbox_passwords USING btree (organization_id);
CREATE INDEX mailboxes_domain_id_idx ON public.mailboxes USING btree (domain_id);
CREATE INDEX message_embeddings_organization_id_space_message_id_idx ON public.message_embeddings USING btree (organization_id, space, message_id DESC);
CREATE INDEX message_labels_organization_id_label_message_id_idx ON public.message_labels USING btree (organization_id, label, message_id);
CREATE INDEX message_references_organization_id_reference_idx ON public.message_references USING btree (organization_id, reference);
CREATE INDEX message_template_versions_organization_id_idx ON public.message_template_versions USING btree (organization_id);
CREATE UNIQUE INDEX message_templates_organization_id_lower_language_idx ON public.message_templates USING btree (organization_id, lower(name), language) WHERE (removed_at IS NULL);
CREATE INDEX message_words_words_idx ON public.message_words USING gin (words);
CREATE INDEX messages_of_imap_account ON public.messages USING btree ((((session -> 'imap'::text) ->> 'accountId'::text))) WHERE (source = 'imap'::text);
CREATE INDEX messages_organization_id_message_id_idx ON public.messages USING btree (organization_id, message_id) WHERE (message_id IS NOT NULL);
CREATE INDEX messages_organization_id_received_at_id_idx ON public.messages USING btree (organization_id, received_at DESC, id DESC);
CREATE INDEX messages_organization_id_status_received_at_id_idx ON public.messages USING btree (organization_id, status, received_at DESC, id DESC);
CREATE INDEX messages_organization_id_thread_id_idx ON public.messages USING btree (organization_id, thread_id) WHERE (thread_id IS NOT NULL);
CREATE INDEX messages_quarantined ON public.messages USING btree (organization_id, id) WHERE ((status = 'QUARANTINED'::text) AND (deleted_at IS NULL));
CREATE INDEX messages_sent_to ON public.messages USING gin (to_addresses) WHERE (direction = 'OUTGOING'::text);
CREATE INDEX model_versions_parent_id_idx ON public.model_versions USING btree (parent_id) WHERE (parent_id IS NOT NULL);
CREATE INDEX next_hops_organization_id_idx ON public.next_hops USING btree (organization_id);
CREATE INDEX notifications_organization_id_id_idx ON public.notifications USING btree (organization_id, id DESC);
CREATE INDEX notifications_unread ON public.notifications USING btree (organization_id, id DESC) WHERE (read_at IS NULL);
CREATE INDEX onward_deliveries_organization_id_message_id_idx ON public.onward_deliveries USING btree (organization_id, message_id);
CREATE INDEX onward_deliveries_run_id_idx ON public.onward_deliveries USING btree (run_id);
CREATE INDEX onward_open ON public.onward_deliveries USING btree (started_at) WHERE (status = ANY (ARRAY['PENDING'::text, 'SENDING'::text, 'DEFERRED'::text]));
CREATE INDEX onward_to_start ON public.onward_deliveries USING btree (id) WHERE ((started_at IS NULL) AND (status = ANY (ARRAY['PENDING'::text, 'SENDING'::text, 'DEFERRED'::text])));
CREATE INDEX onward_to_tell ON public.onward_deliveries USING btree (id) WHERE (told_to IS NOT NULL);
CREATE INDEX onward_waiting ON public.onward_deliveries USING btree (organization_id, waits_for) WHERE (waits_for IS NOT NULL);
CREATE INDEX outgoing_attempts_organization_id_idx ON public.outgoing_attempts USING btree (organization_id);
CREATE INDEX outgoing_attempts_recipient_id_started_at_idx ON public.outgoing_attempts USING btree (recipient_id, started_at);
CREATE INDEX outgoing_messages_organization_id_idx ON public.outgoing_messages USING btree (organization_id);
CREATE INDEX outgoing_to_tell ON public.outgoing_messages USING btree (message_id) WHERE (told_to IS NOT NULL);
CREATE INDEX outgoing_bounced_to_tell ON public.outgoing_recipients USING btree (updated_at) WHERE ((status = 'BOUNCED'::text) AND (end_told_at IS NULL));
CREATE INDEX outgoing_delayed_to_tell ON public.outgoing_recipients USING btree (opened_at) WHERE ((status = 'DEFERRED'::text) AND (delay_told_at IS NULL));
CREATE INDEX outgoing_recipients_message_id_status_next_attempt_at_idx ON public.outgoing_recipients USING btree (message_id, status, next_attempt_at);
CREATE INDEX outgoing_recipients_organization_id_destination_updated_at_idx ON public.outgoing_recipients USING btree (organization_id, destination, updated_at);
CREATE INDEX outgoing_rules_organization_id_position_idx ON public.outgoing_rules USING btree (organization_id, "position");
CREATE INDEX phrase_models_mailbox_id_idx ON public.phrase_models USING btree (mailbox_id) WHERE (mailbox_id IS NOT NULL);
CREATE INDEX quarantine_digests_mailbox_id_told_until_idx ON public.quarantine_digests USING btree (mailbox_id, told_until DESC);
CREATE INDEX recipient_keys_organization_id_id_idx ON public.recipient_keys USING btree (organization_id, id DESC) WHERE (removed_at IS NULL);
CREATE INDEX recipient_keys_organization_id_last_seen_at_idx ON public.recipient_keys USING btree (organization_id, last_seen_at DESC) WHERE (source = 'RECEIVED'::text);
CREATE UNIQUE INDEX recipient_signals_counted ON public.recipient_signals USING btree (recipient_id, kind, COALESCE((detail ->> 'link'::text), ''::text)) WHERE ((evidence_id IS NULL) AND (kind = ANY (ARRAY['OPENED'::text, 'CLICKED'::text, 'UNSUBSCRIBED'::text])));
CREATE INDEX recipient_signals_message_id_idx ON public.recipient_signals USING btree (message_id);
CREATE INDEX recipient_signals_recipient_id_at_idx ON public.recipient_signals USING btree (recipient_id, at);
CREATE UNIQUE INDEX recipient_signals_recipient_id_kind_evidence_id_idx ON public.recipient_signals USING btree (recipient_id, kind, evidence_id) WHERE (evidence_id IS NOT NULL);
CREATE INDEX reply_requests_organization_id_idx ON public.reply_requests USING btree (organization_id);
CREATE UNIQUE INDEX response_templates_organization_id_lower_language_idx ON public.response_templates USING btree (organization_id, lower(name), language);
CREATE INDEX route_lessons_mailbox_id_idx ON public.route_lessons USING btree (mailbox_id);
CREATE INDEX runs_open ON public.runs USING btree (started_at) WHERE (ended_at IS NULL);
CREATE INDEX runs_organization_id_message_id_idx ON public.runs USING btree (organization_id, message_id);
CREATE INDEX runs_to_start ON public.runs USING btree (id) WHERE ((started_at IS NULL) AND (ended_at IS NULL));
CREATE INDEX sent_lessons_mailbox_id_idx ON public.sent_lessons USING btree (mailbox_id) WHERE (mailbox_id IS NOT NULL);
CREATE INDEX sent_lessons_organization_id_learned_at_idx ON public.sent_lessons USING btree (organization_id, learned_at DESC);
CREATE INDEX sent_lessons_recipients_idx ON public.sent_lessons USING gin (recipients);
CREATE INDEX spam_lessons_mailbox_id_idx ON public.spam_lessons USING btree (mailbox_id) WHERE (mailbox_id IS NOT NULL);
CREATE INDEX spam_lessons_organization_id_mailbox_id_taught_at_idx ON public.spam_lessons USING btree (organization_id, mailbox_id, taught_at DESC);
CREATE INDEX spam_models_mailbox_id_idx ON public.spam_models USING btree (mailbox_id) WHERE (mailbox_id IS NOT NULL);
CREATE INDEX steps_by_input ON public.steps USING btree (organization_id, input_hash) WHERE ((status = 'DONE'::text) AND (NOT from_cache));
CREATE INDEX steps_message_id_idx ON public.steps USING btree (message_id);
CREATE INDEX suppressions_message_id_idx ON public.suppressions USING btree (message_id) WHERE (message_id IS NOT NULL);
CREATE INDEX suppressions_organization_id_id_idx ON public.suppressions USING btree (organization_id, id DESC);
CREATE INDEX team_mailboxes_team_id_idx ON public.team_mailboxes USING btree (team_id);
CREATE INDEX team_members_person_id_idx ON public.team_members USING btree (person_id);
CREATE UNIQUE INDEX teams_organization_id_lower_idx ON public.teams USING btree (organization_id, lower(name));
CREATE INDEX template_uses_organization_id_template_idx ON public.template_uses USING btree (organization_id, template);
CREATE INDEX template_uses_organization_id_used_at_idx ON public.template_uses USING btree (organization_id, used_at DESC);
CREATE INDEX thread_summaries_made_at_idx ON public.thread_summaries USING brin (made_at);
CREATE INDEX thread_summaries_message_ids_idx ON public.thread_summaries USING gin (message_ids);
CREATE INDEX threads_merged_into_idx ON public.threads USING btree (merged_into) WHERE (merged_into IS NOT NULL);
CREATE INDEX threads_organization_id_subject_last_message_at_idx ON public.threads USING btree (organization_id, subject, last_message_at DESC);
CREATE UNIQUE INDEX type_labels_organization_id_lower_idx ON public.type_labels USING btree (organization_id, lower(name));
CREATE INDEX unconfirmed_acceptances_created_at_idx ON public.unconfirmed_acceptances USING btree (created_at);
CREATE INDEX webhook_dead ON public.webhook_deliveries USING btree (webhook_id, "position") WHERE (status = 'FAILED'::text);
CREATE INDEX webhook_deliveries_organization_id_idx ON public.webhook_deliveries USING btree (organization_id);
CREATE INDEX webhook_due ON public.webhook_deliveries USING btree (webhook_id, next_attempt_at) WHERE (status = 'PENDING'::text);
CREATE INDEX webhook_ended ON public.webhook_deliveries USING btree (status, ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX webhook_waiting ON public.webhook_deliveries USING btree (webhook_id, message_id, "position") WHERE (status = 'PENDING'::text);
CREATE INDEX webhook_secrets_organization_id_idx ON public.webhook_secrets USING btree (organization_id);
CREATE INDEX webhook_secrets_webhook_id_idx ON public.webhook_secrets USING btree (webhook_id);
CREATE INDEX webhooks_deleted ON public.webhooks USING btree (id) WHERE (deleted_at IS NOT NULL);
CREATE INDEX webhooks_organization_id_idx ON public.webhooks USING btree (organization_id);
CREATE INDEX webhooks_to_wake ON public.webhooks USING btree (due_at) WHERE (enabled AND (deleted_at IS NULL));

CREATE OR REPLACE FUNCTION public.authenticate_token(token_hash bytea)
 RETURNS TABLE(token_id uuid, organization_id uuid, name text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
BEGIN ATOMIC
 SELECT t.id,
     t.organization_id,
     t.name
    FROM api_tokens t
   WHERE ((t.hash = authenticate_token.token_hash) AND (t.revoked_at IS NULL) AND ((t.expires_at IS NULL) OR (t.expires_at > now())));
END
;
CREATE OR REPLACE FUNCTION public.current_organization()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (NULLIF(current_setting('everpost.organization_id'::text, true), ''::text))::uuid
;
CREATE OR REPLACE FUNCTION public.drop_expired_events(retention_days integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
declare
  partition record;
  dropped integer := 0;
begin
  for partition in
    select c.relname, to_date(substr(c.relname, 8), 'YYYYMMDD') as day
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'events'::regclass and c.relname ~ '^events_\d{8}$'
  loop
    if partition.day + 1 <= (now() at time zone 'UTC')::date - retention_days then
      execute format(
        'update feed_heads h set oldest = greatest(h.oldest, e.last + 1)
         from (select organization_id, max(position) as last from %I group by 1) e
         where e.organization_id = h.organization_id', partition.relname);
      execute format('drop table %I', partition.relname);
      dropped := dropped + 1;
    end if;
  end loop;
  return dropped;
end
$function$
;
CREATE OR REPLACE FUNCTION public.ensure_event_partitions(days_ahead integer)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
declare
  day date;
begin
  for day in
    select generate_series(
      (now() at time zone 'UTC')::date - 1, (now() at time zone 'UTC')::date + days_ahead, interval '1 day')::date
  loop
    if to_regclass(format('events_%s', to_char(day, 'YYYYMMDD'))) is null then
      execute format(
        'create table %I partition of events for values from (%L) to (%L)',
        'events_' || to_char(day, 'YYYYMMDD'), day::text || ' 00:00+00', (day + 1)::text || ' 00:00+00');
    end if;
  end loop;
end
$function$
;
CREATE OR REPLACE FUNCTION public.queue_imap_action()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public'
AS $function$
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
$function$
;

create policy organization on address_lists to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on address_lists to everpost_system using (true) with check (true);
create policy organization on ai_answers to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on ai_answers to everpost_system using (true) with check (true);
create policy organization on ai_days to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on ai_days to everpost_system using (true) with check (true);
create policy organization on ai_owed to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on ai_owed to everpost_system using (true) with check (true);
create policy organization on ai_requests to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on ai_requests to everpost_system using (true) with check (true);
create policy organization on ai_settings to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on ai_settings to everpost_system using (true) with check (true);
create policy organization on api_tokens to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on arc_keys to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on assignment_lessons to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on assignments to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on audit_events to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on audit_events to everpost_system using (true) with check (true);
create policy organization on blob_chunks to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on blob_chunks to everpost_system using (true) with check (true);
create policy organization on blobs to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on blobs to everpost_system using (true) with check (true);
create policy organization on correction_features to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on corrections to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on correspondent_domains to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on correspondents to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on counters to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on counters to everpost_system using (true) with check (true);
create policy organization on delivery_assignments to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on delivery_assignments to everpost_system using (true) with check (true);
create policy organization on delivery_attempts to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on delivery_circuits to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on delivery_counts to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on delivery_counts to everpost_system using (true) with check (true);
create policy system on delivery_leases to everpost_system using (true) with check (true);
create policy organization on delivery_paces to everpost_app using (((path IN ( SELECT ('route '::text || r.id)
   FROM delivery_routes r)) OR (EXISTS ( SELECT
   FROM delivery_counts c
  WHERE ((c.organization_id = ( SELECT current_organization() AS current_organization)) AND (c.path = delivery_paces.path) AND (c.destination = delivery_paces.destination)))))) with check (((path IN ( SELECT ('route '::text || r.id)
   FROM delivery_routes r)) OR (EXISTS ( SELECT
   FROM delivery_counts c
  WHERE ((c.organization_id = ( SELECT current_organization() AS current_organization)) AND (c.path = delivery_paces.path) AND (c.destination = delivery_paces.destination))))));
create policy system on delivery_paces to everpost_system using (true) with check (true);
create policy organization on delivery_pool_members to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on delivery_pool_members to everpost_system using (true) with check (true);
create policy organization on delivery_routes to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on delivery_routes to everpost_system using (true) with check (true);
create policy organization on disposition_rules to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on disposition_rules to everpost_system using (true) with check (true);
create policy organization on dkim_keys to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on dkim_keys to everpost_system using (true) with check (true);
create policy organization on domain_dns_answers to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on domain_dns_answers to everpost_system using (true) with check (true);
create policy organization on domains to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on domains to everpost_system using (true) with check (true);
create policy organization on engagement_hours to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on engagement_hours to everpost_system using (true) with check (true);
create policy organization on event_queue to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on event_queue to everpost_system using (true) with check (true);
create policy organization on events to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on events to everpost_system using (true) with check (true);
create policy organization on feed_heads to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on feed_heads to everpost_system using (true) with check (true);
create policy organization on findings to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on greylist to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on greylist to everpost_system using (true) with check (true);
create policy organization on idempotency_keys to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on idempotency_keys to everpost_system using (true) with check (true);
create policy organization on imap_accounts to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on imap_accounts to everpost_system using (true) with check (true);
create policy organization on imap_actions to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on imap_actions to everpost_system using (true) with check (true);
create policy organization on imap_folders to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on imap_folders to everpost_system using (true) with check (true);
create policy organization on imap_messages to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on imap_messages to everpost_system using (true) with check (true);
create policy organization on indicators to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on key_lookups to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on learned_assignments to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on learned_models to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on learned_models to everpost_system using (true) with check (true);
create policy organization on learned_routes to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on mail_keys to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on mailbox_passwords to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on mailbox_passwords to everpost_system using (true) with check (true);
create policy organization on mailboxes to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on mailboxes to everpost_system using (true) with check (true);
create policy organization on message_embeddings to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on message_embeddings to everpost_system using (true) with check (true);
create policy organization on message_labels to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on message_recipients to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on message_recipients to everpost_system using (true) with check (true);
create policy organization on message_references to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on message_template_versions to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on message_templates to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on message_words to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on message_words to everpost_system using (true) with check (true);
create policy organization on messages to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on messages to everpost_system using (true) with check (true);
create policy organization on model_versions to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on mta_sts_policies to everpost_system using (true) with check (true);
create policy organization on next_hops to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy domain_notices on notifications to everpost_system using () with check ((domain IS NOT NULL));
create policy organization on notifications to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on onward_deliveries to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on onward_deliveries to everpost_system using (true) with check (true);
create policy organization on organizations to everpost_app using ((id = ( SELECT current_organization() AS current_organization))) with check ((id = ( SELECT current_organization() AS current_organization)));
create policy system on organizations to everpost_system using (true) with check (true);
create policy organization on outgoing_attempts to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on outgoing_attempts to everpost_system using (true) with check (true);
create policy organization on outgoing_messages to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on outgoing_messages to everpost_system using (true) with check (true);
create policy organization on outgoing_recipients to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on outgoing_recipients to everpost_system using (true) with check (true);
create policy organization on outgoing_rules to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on people to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on phrase_learning to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on phrase_learning to everpost_system using (true) with check (true);
create policy organization on phrase_models to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on phrase_models to everpost_system using (true) with check (true);
create policy organization on protection_policies to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on quarantine_digests to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on quarantine_digests to everpost_system using (true) with check (true);
create policy organization on recipient_keys to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on recipient_signals to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on recipient_signals to everpost_system using (true) with check (true);
create policy organization on repeated_bounces to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on repeated_bounces to everpost_system using (true) with check (true);
create policy organization on reply_requests to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on reply_requests to everpost_system using (true) with check (true);
create policy organization on response_templates to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on response_templates to everpost_system using (true) with check (true);
create policy organization on route_lessons to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on runs to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on runs to everpost_system using (true) with check (true);
create policy organization on sender_rates to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on sender_rates to everpost_system using (true) with check (true);
create policy organization on sending_policies to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on sent_lessons to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on sent_lessons to everpost_system using (true) with check (true);
create policy imap on side_effects to everpost_system using ((kind ~~ 'imap.%'::text)) with check ((kind ~~ 'imap.%'::text));
create policy organization on side_effects to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on spam_lessons to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on spam_models to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on steps to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on steps to everpost_system using (true) with check (true);
create policy organization on suppressions to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on suppressions to everpost_system using (true) with check (true);
create policy organization on team_mailboxes to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on team_members to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on teams to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on template_uses to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on template_uses to everpost_system using (true) with check (true);
create policy organization on thread_summaries to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on thread_summaries to everpost_system using (true) with check (true);
create policy organization on thread_summary_translations to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on thread_summary_translations to everpost_system using (true) with check (true);
create policy organization on threads to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on tracking_opt_outs to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on tracking_opt_outs to everpost_system using (true) with check (true);
create policy organization on type_labels to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on webhook_deliveries to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on webhook_deliveries to everpost_system using (true) with check (true);
create policy organization on webhook_secrets to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on webhook_secrets to everpost_system using (true) with check (true);
create policy organization on webhooks to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on webhooks to everpost_system using (true) with check (true);

grant delete, insert, select, update on address_lists to everpost_app;
grant select on address_lists to everpost_system;
grant delete, insert, select, update on ai_answers to everpost_app;
grant delete, select (answered_at), select (capability), select (message_id), select (run_id) on ai_answers to everpost_system;
grant insert, select, update on ai_days to everpost_app;
grant select, update on ai_days to everpost_system;
grant delete, insert, select, update on ai_owed to everpost_app;
grant delete, select, update on ai_owed to everpost_system;
grant delete, insert, select, update on ai_requests to everpost_app;
grant delete, select, update on ai_requests to everpost_system;
grant delete, insert, select, update on ai_settings to everpost_app;
grant select (capability), select (organization_id), select (provider) on ai_settings to everpost_system;
grant select on api_tokens to everpost_app;
grant delete, insert, select, update on arc_keys to everpost_app;
grant delete, insert, select, update on assignment_lessons to everpost_app;
grant delete, insert, select, update on assignments to everpost_app;
grant insert, select on audit_events to everpost_app;
grant insert, select on audit_events to everpost_system;
grant delete, insert, select, update on blob_chunks to everpost_app;
grant delete, insert, select, update on blob_chunks to everpost_system;
grant insert, select, update on blobs to everpost_app;
grant insert, select, update on blobs to everpost_system;
grant delete, insert, select, update on correction_features to everpost_app;
grant insert, select, update on corrections to everpost_app;
grant insert, select on correspondent_domains to everpost_app;
grant insert, select, update on correspondents to everpost_app;
grant insert, select, update on counters to everpost_app;
grant insert, select, update on counters to everpost_system;
grant delete, insert, select, update on delivery_assignments to everpost_app;
grant insert, select, update on delivery_attempts to everpost_app;
grant delete, insert, select, update on delivery_circuits to everpost_app;
grant select on delivery_counts to everpost_app;
grant delete, insert, select, update on delivery_counts to everpost_system;
grant delete, insert, select, update on delivery_leases to everpost_system;
grant select on delivery_paces to everpost_app;
grant delete, insert, select, update on delivery_paces to everpost_system;
grant delete, insert, select, update on delivery_pool_members to everpost_app;
grant delete, insert, select, update on delivery_routes to everpost_app;
grant delete, insert, select, update on disposition_rules to everpost_app;
grant select on disposition_rules to everpost_system;
grant delete, insert, select, update on dkim_keys to everpost_app;
grant delete, insert, select, update on dkim_keys to everpost_system;
grant delete, insert, select, update on domain_dns_answers to everpost_app;
grant delete, insert, select, update on domain_dns_answers to everpost_system;
grant delete, insert, select, update (dns_check_due_at), update (dns_checked_at), update (key_overlap_days), update (key_rotation_days), update (return_path_host), update (return_path_mode), update (signing_required) on domains to everpost_app;
grant select, update (dns_check_due_at), update (dns_checked_at) on domains to everpost_system;
grant delete, insert, select, update on engagement_hours to everpost_app;
grant insert on event_queue to everpost_app;
grant delete, insert, select on event_queue to everpost_system;
grant select on events to everpost_app;
grant insert, select on events to everpost_system;
grant select on feed_heads to everpost_app;
grant insert, select, update on feed_heads to everpost_system;
grant delete, insert, select, update on findings to everpost_app;
grant delete, select on greylist to everpost_app;
grant delete, insert, select, update on greylist to everpost_system;
grant delete, insert, select on idempotency_keys to everpost_app;
grant delete, insert, select on idempotency_keys to everpost_system;
grant delete, insert, select (actions), select (authentication), select (created_at), select (host), select (id), select (last_sync_at), select (name), select (organization_id), select (paused), select (port), select (recipient), select (reconcile_requested_at), select (start_from), select (state), select (state_at), select (state_reason), select (tls), select (token_url), select (username), select (version), update on imap_accounts to everpost_app;
grant select, update on imap_accounts to everpost_system;
grant insert, select, update on imap_actions to everpost_app;
grant insert, select, update on imap_actions to everpost_system;
grant insert, select, update on imap_folders to everpost_app;
grant insert, select, update on imap_folders to everpost_system;
grant select on imap_messages to everpost_app;
grant insert, select, update on imap_messages to everpost_system;
grant delete, insert, select, update on indicators to everpost_app;
grant delete, insert, select, update on key_lookups to everpost_app;
grant delete, insert, select, update on learned_assignments to everpost_app;
grant insert, select, update on learned_models to everpost_app;
grant select, update (requested_at), update (rests_until), update (training), update (training_since) on learned_models to everpost_system;
grant insert, select, update on learned_routes to everpost_app;
grant insert, select, update on mail_keys to everpost_app;
grant delete, insert, select, update on mailbox_passwords to everpost_app;
grant select on mailbox_passwords to everpost_system;
grant delete, insert, select, update on mailboxes to everpost_app;
grant select on mailboxes to everpost_system;
grant delete, insert, select, update on message_embeddings to everpost_app;
grant delete, select (message_id) on message_embeddings to everpost_system;
grant delete, insert, select, update on message_labels to everpost_app;
grant insert, select, update on message_recipients to everpost_app;
grant insert, select, update on message_recipients to everpost_system;
grant delete, insert, select, update on message_references to everpost_app;
grant insert, select on message_template_versions to everpost_app;
grant insert, select, update on message_templates to everpost_app;
grant delete, insert, select, update on message_words to everpost_app;
grant delete, select on message_words to everpost_system;
grant insert, select, update on messages to everpost_app;
grant insert, select, update on messages to everpost_system;
grant insert, select, update on model_versions to everpost_app;
grant delete, insert, select, update on mta_sts_policies to everpost_system;
grant delete, insert, select, update on next_hops to everpost_app;
grant insert, select, update on notifications to everpost_app;
grant insert on notifications to everpost_system;
grant insert, select, update on onward_deliveries to everpost_app;
grant select, update on onward_deliveries to everpost_system;
grant select, update (name), update (settings), update (time_zone) on organizations to everpost_app;
grant select on organizations to everpost_system;
grant insert, select, update on outgoing_attempts to everpost_app;
grant insert, select, update on outgoing_messages to everpost_app;
grant insert, select, update on outgoing_messages to everpost_system;
grant insert, select, update on outgoing_recipients to everpost_app;
grant insert, select, update on outgoing_recipients to everpost_system;
grant delete, insert, select, update on outgoing_rules to everpost_app;
grant delete, insert, select, update on people to everpost_app;
grant insert, select, update on phrase_learning to everpost_app;
grant select, update on phrase_learning to everpost_system;
grant delete, select on phrase_models to everpost_app;
grant delete, insert, select, update on phrase_models to everpost_system;
grant insert, select, update on protection_policies to everpost_app;
grant select on quarantine_digests to everpost_app;
grant insert, select on quarantine_digests to everpost_system;
grant delete, insert, select, update on recipient_keys to everpost_app;
grant insert, select, update (at), update (detail) on recipient_signals to everpost_app;
grant delete, insert, select, update on repeated_bounces to everpost_app;
grant delete, insert, select, update on reply_requests to everpost_app;
grant delete, select (message_id) on reply_requests to everpost_system;
grant delete, insert, select, update on response_templates to everpost_app;
grant delete, insert, select, update on route_lessons to everpost_app;
grant insert, select, update on runs to everpost_app;
grant insert, select, update on runs to everpost_system;
grant select on sender_rates to everpost_app;
grant delete, insert, select, update on sender_rates to everpost_system;
grant insert, select, update on sending_policies to everpost_app;
grant delete, insert, select, update on sent_lessons to everpost_app;
grant delete, select on sent_lessons to everpost_system;
grant insert, select, update on side_effects to everpost_app;
grant insert, select, update on side_effects to everpost_system;
grant delete, insert, select, update on spam_lessons to everpost_app;
grant delete, insert, select, update on spam_models to everpost_app;
grant insert, select, update on steps to everpost_app;
grant select, update on steps to everpost_system;
grant delete, insert, select, update on suppressions to everpost_app;
grant delete, insert, select, update on team_mailboxes to everpost_app;
grant delete, insert, select, update on team_members to everpost_app;
grant delete, insert, select, update on teams to everpost_app;
grant delete, insert, select, update on template_uses to everpost_app;
grant delete, insert, select, update on thread_summaries to everpost_app;
grant delete, select (digest), select (made_at), select (message_ids), select (organization_id) on thread_summaries to everpost_system;
grant delete, insert, select, update on thread_summary_translations to everpost_app;
grant insert, select, update on threads to everpost_app;
grant delete, insert, select on tracking_opt_outs to everpost_app;
grant delete, insert, select, update on type_labels to everpost_app;
grant delete, insert, select, update on unconfirmed_acceptances to everpost_system;
grant insert, select, update on webhook_deliveries to everpost_app;
grant delete, insert, select, update on webhook_deliveries to everpost_system;
grant delete, insert, select, update on webhook_secrets to everpost_app;
grant insert, select, update on webhooks to everpost_app;
grant delete, select, update on webhooks to everpost_system;
grant insert, select on workflow_builds to everpost_app;
grant insert, select on workflow_builds to everpost_system;
