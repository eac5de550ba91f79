-- Answers of providers about mail that arrived encrypted are kept under EVERPOST_SECRET_KEY
-- (src/adapters/secrets/sealed-secret.ts), and summaries of threads by a model, in the language of whoever reads them.

alter table ai_answers alter column answer drop not null;
alter table ai_answers add column sealed bytea;
-- What was answered about such mail before lies in the clear: it is asked for again where somebody still wants it.
delete from ai_answers a using steps s
where s.message_id = a.message_id and s.name = 'parsing' and s.outcome->'protection'->'encrypted' = 'true';
alter table ai_answers add constraint ai_answers_once check (num_nonnulls(answer, sealed) = 1);

alter table reply_requests add column sealed bytea;
update reply_requests q set report = null, input_hash = null from steps s
where s.message_id = q.message_id and s.name = 'parsing' and s.outcome->'protection'->'encrypted' = 'true';

-- A thread's summary for which a provider is asked, by the digest of the mails that it was made of. Mail text: it goes when
-- one of its messages is deleted. Mail that arrived encrypted is in none.
create table thread_summaries (
  organization_id uuid not null references organizations,
  -- SHA-256 over the mails and how many words were wished for.
  digest bytea not null,
  message_ids uuid[] not null,
  -- ThreadSummary of src/domain/thread-summary.ts, by the embedded engine.
  embedded jsonb not null,
  -- ThreadAnswer of src/domain/thread-answer.ts, by a model; null until one has answered.
  answer jsonb,
  answered_by jsonb,
  -- SHA-256 over the digest and the settings that it was asked under.
  input_hash bytea,
  made_at timestamptz not null default now(),
  primary key (organization_id, digest)
);
create index on thread_summaries using gin (message_ids);
create index on thread_summaries using brin (made_at);

create table thread_summary_translations (
  organization_id uuid not null,
  digest bytea not null,
  language text not null,
  -- Of the sentences in another language, in their order; null: it stays as it is.
  texts jsonb not null,
  -- Why one of them does; null where none does.
  reason text,
  answered_by jsonb,
  -- SHA-256 over the sentences and the settings that it was asked under.
  input_hash bytea not null,
  primary key (organization_id, digest, language),
  foreign key (organization_id, digest) references thread_summaries on delete cascade
);

do $$
declare
  name text;
begin
  foreach name in array array['thread_summaries', 'thread_summary_translations'] loop
    execute format('alter table %I enable row level security', name);
    execute format(
      'create policy organization on %I to everpost_app
         using (organization_id = (select current_organization()))
         with check (organization_id = (select current_organization()))', name);
    execute format('create policy system on %I to everpost_system using (true) with check (true)', name);
  end loop;
end
$$;
grant select, insert, update, delete on thread_summaries, thread_summary_translations to everpost_app;
-- What they say it never reads.
grant select (organization_id, digest, message_ids, made_at), delete on thread_summaries to everpost_system;
