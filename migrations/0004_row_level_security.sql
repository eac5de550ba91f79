-- The sub-select makes the planner ask for the organization once a statement instead of once a row.
-- Every table with an organization: one policy for the application, one for the system role.
do $$
declare
  name text;
begin
  foreach name in array array[
    'domains', 'mailboxes', 'api_tokens', 'blobs', 'blob_chunks', 'threads', 'messages', 'message_recipients',
    'message_words', 'message_references', 'runs', 'steps', 'findings', 'side_effects', 'notifications', 'counters', 'indicators',
    'learned_routes', 'event_queue', 'feed_heads', 'events']
  loop
    execute format('alter table %I enable row level security', name);
    execute format(
      'create policy organization on %I to everpost_app
         using (organization_id = (select current_organization()))
         with check (organization_id = (select current_organization()))', name);
  end loop;
end
$$;
alter table organizations enable row level security;
create policy organization on organizations to everpost_app
  using (id = (select current_organization())) with check (id = (select current_organization()));

grant select on organizations, domains, mailboxes, api_tokens, events, feed_heads to everpost_app;
grant update (settings, time_zone, name) on organizations to everpost_app;
grant select, insert, update on
  blobs, blob_chunks, threads, messages, message_recipients, message_words, message_references, runs, steps, findings, side_effects,
  notifications, counters, indicators, learned_routes to everpost_app;
grant delete on findings, message_references, indicators to everpost_app;
grant insert on event_queue to everpost_app;
grant select, insert on workflow_builds to everpost_app, everpost_system;

-- The system role: intake writes what it accepts, the sequencer moves events, the dispatcher starts runs.
do $$
declare
  name text;
begin
  foreach name in array array[
    'organizations', 'domains', 'mailboxes', 'blobs', 'blob_chunks', 'messages', 'message_recipients', 'runs',
    'event_queue', 'feed_heads', 'events']
  loop
    execute format('create policy system on %I to everpost_system using (true) with check (true)', name);
  end loop;
end
$$;
grant select on organizations, domains, mailboxes to everpost_system;
grant select, insert, update on blobs, blob_chunks to everpost_system;
grant select, insert, update on messages, message_recipients, runs, feed_heads to everpost_system;
grant select, insert on events to everpost_system;
grant select, insert, delete on event_queue to everpost_system;
grant select, insert, update, delete on unconfirmed_acceptances to everpost_system;
