import type { Sql } from './database.js';

/**
 * The schema of a database as text that is the same for the same schema, whatever the server: tables with columns and
 * constraints, indexes, functions, policies and rights. Committed as migrations/schema.sql to be read and compared; it
 * is made from the migrations and never run.
 */
export async function dumpSchema(sql: Sql): Promise<string> {
  const parts = [];
  for (const query of [TABLES, INDEXES, FUNCTIONS, POLICIES, GRANTS]) {
    const rows = await sql<{ line: string }>(query);
    parts.push(rows.map((row) => row.line).join('\n'));
  }
  return `${parts.join('\n\n')}\n`;
}

const OURS = `c.relnamespace = 'public'::regnamespace and not c.relispartition and c.relname !~ '^kysely_'`;

const TABLES = `
select format(E'create table %I (\\n%s\\n)%s;', c.relname,
  (select string_agg('  ' || definition, E',\\n' order by place, definition) from (
    select a.attnum::int as place, format('%I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
      case when a.attnotnull then ' not null' else '' end,
      case when a.attidentity <> '' then ' generated always as identity'
        else coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') end) as definition
    from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    union all
    select 10000, pg_get_constraintdef(k.oid) from pg_constraint k where k.conrelid = c.oid and k.contype <> 'n') parts),
  case when c.relkind = 'p' then ' partition by ' || pg_get_partkeydef(c.oid) else '' end) as line
from pg_class c where c.relkind in ('r', 'p') and ${OURS} order by c.relname`;

const INDEXES = `
select pg_get_indexdef(i.indexrelid) || ';' as line
from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
where ${OURS} and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
order by c.relname, x.relname`;

const FUNCTIONS = `
select pg_get_functiondef(p.oid) || ';' as line from pg_proc p
where p.pronamespace = 'public'::regnamespace order by p.proname`;

const POLICIES = `
select format('create policy %I on %I to %s using (%s) with check (%s);', policyname, tablename,
  array_to_string(roles, ', '), qual, coalesce(with_check, qual)) as line
from pg_policies where schemaname = 'public' order by tablename, policyname`;

const GRANTS = `
select format('grant %s on %I to %I;', string_agg(lower(privilege), ', ' order by privilege), name, grantee) as line from (
  select distinct r.privilege_type || case when r.column_name is null then '' else ' (' || r.column_name || ')' end as privilege,
    r.table_name as name, r.grantee
  from (
    select table_name, null as column_name, privilege_type, grantee from information_schema.role_table_grants
    where table_schema = 'public'
    union all
    select table_name, column_name, privilege_type, grantee from information_schema.role_column_grants g
    where table_schema = 'public' and not exists (
      select from information_schema.role_table_grants t
      where t.table_schema = 'public' and t.table_name = g.table_name and t.grantee = g.grantee
        and t.privilege_type = g.privilege_type)) r
  where r.grantee in ('everpost_app', 'everpost_system') and r.table_name !~ '^events_\\d') granted
group by name, grantee order by name, grantee`;
