-- Events are queued in the transaction that changes the state. One sequencer (advisory lock) moves what is committed
-- into the feed and gives each organization its own consecutive positions: a transaction that is open for long delays
-- its own events alone, and a reader that has seen position n has seen all before it. Nothing here leans on
-- transaction ids, which do not survive a restore.
create table event_queue (
  id bigint generated always as identity primary key,
  organization_id uuid not null,
  at timestamptz not null default clock_timestamp(),
  kind text not null,
  message_id uuid,
  payload jsonb not null default '{}'
);

create table feed_heads (
  organization_id uuid primary key references organizations,
  position bigint not null default 0,
  -- The first position that is still kept.
  oldest bigint not null default 1
);

create table events (
  organization_id uuid not null,
  position bigint not null,
  at timestamptz not null,
  kind text not null,
  message_id uuid,
  payload jsonb not null,
  -- When the sequencer gave it its position: what the partitions are cut by.
  sequenced_at timestamptz not null,
  primary key (organization_id, position, sequenced_at)
) partition by range (sequenced_at);
create index on events (message_id, position);

-- One partition a UTC day; called daily for some days ahead and by the first migration for today.
create function ensure_event_partitions(days_ahead integer) returns void
  language plpgsql security definer set search_path = public as $$
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
$$;

-- Drops the partitions that lie wholly before the retention and moves each organization's oldest position on.
create function drop_expired_events(retention_days integer) returns integer
  language plpgsql security definer set search_path = public as $$
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
$$;
revoke execute on function ensure_event_partitions(integer), drop_expired_events(integer) from public;
grant execute on function ensure_event_partitions(integer), drop_expired_events(integer) to everpost_system;
select ensure_event_partitions(7);
