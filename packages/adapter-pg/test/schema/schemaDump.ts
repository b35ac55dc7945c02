/**
 * The schema as text, read from the catalogs: the same on every server version, in a fixed order.
 * Partitions are left out, because they follow the calendar; their parents stand for them.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import * as Effect from "effect/Effect"

/** Relations that are not partitions made by the calendar. */
const lasting = (relation: string) => `not ${relation}.relispartition`

const columns = `
select format('table %s%s', c.relname,
    case when c.relkind = 'p' then ' partition by ' || pg_get_partkeydef(c.oid) else '' end
      || coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', '')) as owner,
  format('%I %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
    case when a.attcollation <> 0 and l.collname <> 'default'
      then ' collate ' || quote_ident(l.collname) else '' end,
    case when a.attnotnull then ' not null' else '' end,
    coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')) as line
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
left join pg_collation l on l.oid = a.attcollation
where n.nspname = $1 and c.relkind in ('r', 'p') and ${lasting("c")}
order by c.relname, a.attnum`

// PostgreSQL 18 lists NOT NULL as constraints of type n; 15 has them as columns alone.
const constraints = `
select format('constraints of %s', c.relname) as owner,
  format('%I %s', k.conname, pg_get_constraintdef(k.oid)) as line
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and k.contype <> 'n' and ${lasting("c")}
order by c.relname, k.conname`

const indexes = `
select format('indexes of %s', c.relname) as owner, pg_get_indexdef(i.indexrelid) as line
from pg_index i
join pg_class c on c.oid = i.indrelid
join pg_class x on x.oid = i.indexrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and ${lasting("c")}
order by c.relname, x.relname`

const triggers = `
select format('triggers of %s', c.relname) as owner, pg_get_triggerdef(t.oid) as line
from pg_trigger t
join pg_class c on c.oid = t.tgrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and not t.tgisinternal and ${lasting("c")}
order by c.relname, t.tgname`

const sequences = `
select 'sequences' as owner, format('%s as %s start %s increment %s cache %s', c.relname,
  format_type(s.seqtypid, null), s.seqstart, s.seqincrement, s.seqcache) as line
from pg_sequence s
join pg_class c on c.oid = s.seqrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1
order by c.relname`

const functions = `
select 'functions' as owner, pg_get_functiondef(p.oid) as line
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
where n.nspname = $1
order by p.proname, pg_get_function_identity_arguments(p.oid)`

const defaults = `
select 'default partitions' as owner,
  format('%s of %s', c.relname, p.relname) as line
from pg_inherits i
join pg_class c on c.oid = i.inhrelid
join pg_class p on p.oid = i.inhparent
join pg_namespace n on n.oid = p.relnamespace
where n.nspname = $1 and p.relkind = 'p' and pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT'
order by p.relname`

const head = `-- The schema as the tests find it in the catalogs, on every server version alike.
-- Rewritten by: UPDATE_GOLDEN=1 vitest run packages/adapter-pg/test/schema.integration.test.ts
`

/** The text of one schema. */
export const dumpSchema = Effect.fnUntraced(function* (schema: string) {
  const pool = yield* PgPool.PgPool
  const blocks: Array<string> = []
  let owner: unknown
  for (const sql of [columns, constraints, indexes, triggers, sequences, functions, defaults]) {
    const { rows } = yield* pool.use((session) => session.query(sql, [schema], false))
    for (const row of rows) {
      if (row["owner"] !== owner) blocks.push("", String(row["owner"]))
      owner = row["owner"]
      blocks.push(`  ${String(row["line"]).trim().replaceAll("\n", "\n  ")}`)
    }
  }
  return `${head}${blocks.join("\n")}\n`.replaceAll(`${schema}.`, "")
})
