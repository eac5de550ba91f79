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
create table counters (
  organization_id uuid not null,
  day date not null,
  name text not null,
  value bigint not null default 0,
  PRIMARY KEY (organization_id, day, name)
);
create table domains (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  name text not null,
  created_at timestamp with time zone not null default now(),
  CHECK ((name = lower(name))),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id),
  UNIQUE (name)
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
create table learned_routes (
  organization_id uuid not null,
  counts jsonb not null,
  examples integer not null default 0,
  updated_at timestamp with time zone not null default now(),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (organization_id)
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
create table message_recipients (
  organization_id uuid not null,
  message_id uuid not null,
  address text not null,
  mailbox_id uuid,
  disposition text,
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
  CHECK ((direction = ANY (ARRAY['INCOMING'::text, 'OUTGOING'::text]))),
  CHECK ((disposition = ANY (ARRAY['deliver'::text, 'quarantine'::text, 'reject'::text, 'hold'::text, 'forward'::text]))),
  CHECK ((status = ANY (ARRAY['RECEIVED'::text, 'PROCESSING'::text, 'PAUSED'::text, 'HELD'::text, 'DELIVERED'::text, 'QUARANTINED'::text, 'REJECTED'::text, 'FAILED'::text, 'CANCELED'::text]))),
  CHECK ((thread_by = ANY (ARRAY['references'::text, 'inReplyTo'::text, 'subject'::text, 'new'::text]))),
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  FOREIGN KEY (organization_id, sha256) REFERENCES blobs(organization_id, sha256),
  FOREIGN KEY (thread_id) REFERENCES threads(id),
  PRIMARY KEY (id)
);
create table notifications (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  message_id uuid not null,
  kind text not null,
  recipient text not null,
  text text not null,
  created_at timestamp with time zone not null default now(),
  read_at timestamp with time zone,
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE CASCADE,
  PRIMARY KEY (id)
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
  CHECK ((control = ANY (ARRAY['pause'::text, 'resume'::text, 'cancel'::text, 'release'::text, 'reject'::text]))),
  CHECK ((decided = ANY (ARRAY['deliver'::text, 'reject'::text]))),
  CHECK ((lane = ANY (ARRAY['interactive'::text, 'normal'::text, 'bulk'::text]))),
  CHECK ((number > 0)),
  CHECK ((status = ANY (ARRAY['RECEIVED'::text, 'PROCESSING'::text, 'PAUSED'::text, 'HELD'::text, 'DELIVERED'::text, 'QUARANTINED'::text, 'REJECTED'::text, 'FAILED'::text, 'CANCELED'::text]))),
  FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE CASCADE,
  FOREIGN KEY (organization_id) REFERENCES organizations(id),
  PRIMARY KEY (id),
  UNIQUE (message_id, number),
  UNIQUE (workflow_id)
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
create table threads (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  subject text not null,
  created_at timestamp with time zone not null default now(),
  last_message_at timestamp with time zone not null,
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
create table workflow_builds (
  build_id text not null,
  bundle bytea not null,
  created_at timestamp with time zone not null default now(),
  PRIMARY KEY (build_id)
);

CREATE INDEX api_tokens_organization_id_idx ON public.api_tokens USING btree (organization_id);
CREATE INDEX domains_organization_id_idx ON public.domains USING btree (organization_id);
CREATE INDEX events_message_id_position_idx ON ONLY public.events USING btree (message_id, "position");
CREATE INDEX findings_message_id_idx ON public.findings USING btree (message_id);
CREATE INDEX indicators_organization_id_id_idx ON public.indicators USING btree (organization_id, id DESC);
CREATE INDEX mailboxes_domain_id_idx ON public.mailboxes USING btree (domain_id);
CREATE INDEX message_references_organization_id_reference_idx ON public.message_references USING btree (organization_id, reference);
CREATE INDEX message_words_words_idx ON public.message_words USING gin (words);
CREATE INDEX messages_organization_id_message_id_idx ON public.messages USING btree (organization_id, message_id) WHERE (message_id IS NOT NULL);
CREATE INDEX messages_organization_id_received_at_id_idx ON public.messages USING btree (organization_id, received_at DESC, id DESC);
CREATE INDEX messages_organization_id_status_received_at_id_idx ON public.messages USING btree (organization_id, status, received_at DESC, id DESC);
CREATE INDEX messages_organization_id_thread_id_idx ON public.messages USING btree (organization_id, thread_id) WHERE (thread_id IS NOT NULL);
CREATE INDEX notifications_organization_id_id_idx ON public.notifications USING btree (organization_id, id DESC);
CREATE INDEX notifications_unread ON public.notifications USING btree (organization_id, id DESC) WHERE (read_at IS NULL);
CREATE INDEX route_lessons_mailbox_id_idx ON public.route_lessons USING btree (mailbox_id);
CREATE INDEX runs_open ON public.runs USING btree (started_at) WHERE (ended_at IS NULL);
CREATE INDEX runs_organization_id_message_id_idx ON public.runs USING btree (organization_id, message_id);
CREATE INDEX runs_to_start ON public.runs USING btree (id) WHERE ((started_at IS NULL) AND (ended_at IS NULL));
CREATE INDEX steps_by_input ON public.steps USING btree (organization_id, input_hash) WHERE ((status = 'DONE'::text) AND (NOT from_cache));
CREATE INDEX steps_message_id_idx ON public.steps USING btree (message_id);
CREATE INDEX threads_organization_id_subject_last_message_at_idx ON public.threads USING btree (organization_id, subject, last_message_at DESC);
CREATE INDEX unconfirmed_acceptances_created_at_idx ON public.unconfirmed_acceptances USING btree (created_at);

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

create policy organization on api_tokens to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on blob_chunks to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on blob_chunks to everpost_system using (true) with check (true);
create policy organization on blobs to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on blobs to everpost_system using (true) with check (true);
create policy organization on counters to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on domains to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on domains to everpost_system using (true) with check (true);
create policy organization on event_queue to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on event_queue to everpost_system using (true) with check (true);
create policy organization on events to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on events to everpost_system using (true) with check (true);
create policy organization on feed_heads to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on feed_heads to everpost_system using (true) with check (true);
create policy organization on findings to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on indicators to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on learned_routes to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on mailboxes to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on mailboxes to everpost_system using (true) with check (true);
create policy organization on message_recipients to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on message_recipients to everpost_system using (true) with check (true);
create policy organization on message_references to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on message_words to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on messages to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on messages to everpost_system using (true) with check (true);
create policy organization on notifications to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on organizations to everpost_app using ((id = ( SELECT current_organization() AS current_organization))) with check ((id = ( SELECT current_organization() AS current_organization)));
create policy system on organizations to everpost_system using (true) with check (true);
create policy organization on route_lessons to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on runs to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy system on runs to everpost_system using (true) with check (true);
create policy organization on side_effects to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on steps to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));
create policy organization on threads to everpost_app using ((organization_id = ( SELECT current_organization() AS current_organization))) with check ((organization_id = ( SELECT current_organization() AS current_organization)));

grant select on api_tokens to everpost_app;
grant insert, select, update on blob_chunks to everpost_app;
grant insert, select, update on blob_chunks to everpost_system;
grant insert, select, update on blobs to everpost_app;
grant insert, select, update on blobs to everpost_system;
grant insert, select, update on counters to everpost_app;
grant insert, select on domains to everpost_app;
grant select on domains to everpost_system;
grant insert on event_queue to everpost_app;
grant delete, insert, select on event_queue to everpost_system;
grant select on events to everpost_app;
grant insert, select on events to everpost_system;
grant select on feed_heads to everpost_app;
grant insert, select, update on feed_heads to everpost_system;
grant delete, insert, select, update on findings to everpost_app;
grant delete, insert, select, update on indicators to everpost_app;
grant insert, select, update on learned_routes to everpost_app;
grant delete, insert, select, update on mailboxes to everpost_app;
grant select on mailboxes to everpost_system;
grant insert, select, update on message_recipients to everpost_app;
grant insert, select, update on message_recipients to everpost_system;
grant delete, insert, select, update on message_references to everpost_app;
grant insert, select, update on message_words to everpost_app;
grant insert, select, update on messages to everpost_app;
grant insert, select, update on messages to everpost_system;
grant insert, select, update on notifications to everpost_app;
grant select, update (name), update (settings), update (time_zone) on organizations to everpost_app;
grant select on organizations to everpost_system;
grant delete, insert, select, update on route_lessons to everpost_app;
grant insert, select, update on runs to everpost_app;
grant insert, select, update on runs to everpost_system;
grant insert, select, update on side_effects to everpost_app;
grant insert, select, update on steps to everpost_app;
grant insert, select, update on threads to everpost_app;
grant delete, insert, select, update on unconfirmed_acceptances to everpost_system;
grant insert, select on workflow_builds to everpost_app;
grant insert, select on workflow_builds to everpost_system;
