import {
  aliveMillis,
  type Checkpoint,
  type ImportOf,
  type ProblemPlace
} from "@holdfast/core/exchange"
import { int8, int8s, type Query, query, text, texts } from "../../connection/Query.ts"
import { millis } from "../../connection/sqlText.ts"

const columns = `i.import_id::text, i.kind::text, i.fingerprint::text, i.source, i.run::float8,
  i.records::float8, i.created::float8, i.updated::float8, i.unchanged::float8, i.failed::float8,
  i.bytes_done::float8, i.bytes_total::float8, i.problem,
  case when i.status = 'RUNNING'
    and i.alive_at < clock_timestamp() - interval '${aliveMillis} milliseconds'
    then 'INTERRUPTED' else i.status::text end as status,
  ${millis("i.created_at")} as created_at, ${millis("i.alive_at")} as updated_at`

/** Reads an import ($1). Index: imports_pkey. Lock: none. */
export const readImport = (schema: string) => {
  const sql = `select ${columns} from ${schema}.imports i where i.import_id = $1::uuid`
  return (importId: string): Query => query(sql, text(importId))
}

/** Reads the last import with a fingerprint ($1). Index: imports_fingerprint. Lock: none. */
export const readLastImport = (schema: string) => {
  const sql = `select ${columns} from ${schema}.imports i
where i.fingerprint = $1 order by i.fingerprint, i.created_at desc limit 1`
  return (fingerprint: string): Query => query(sql, text(fingerprint))
}

/**
 * Makes an import ($1) at its first run. One that somebody else made a moment ago is run again.
 * Index: imports_pkey. Lock: the row, where it is there.
 */
export const insertImport = (schema: string) => {
  const sql = `
insert into ${schema}.imports as i (import_id, kind, fingerprint, source, bytes_total, run, records,
  created, updated, unchanged, failed, bytes_done, status, alive_at, created_at)
select $1::uuid, $2, $3, $4, $5, 1, 0, 0, 0, 0, 0, 0, 'RUNNING', n.now, n.now
from (select clock_timestamp() as now) n
on conflict (import_id) do update
set run = i.run + 1, status = 'RUNNING', problem = null, alive_at = clock_timestamp()
returning ${columns}`
  return (importId: string, { bytesTotal, fingerprint, kind, source }: ImportOf): Query =>
    query(sql, text(importId), text(kind), text(fingerprint), text(source), int8(bytesTotal))
}

/** Begins another run of an import ($1). Index: imports_pkey. Lock: the row. */
export const resumeImport = (schema: string) => {
  const sql = `
update ${schema}.imports i set run = i.run + 1, status = 'RUNNING', problem = null,
  alive_at = clock_timestamp()
where i.import_id = $1::uuid
returning ${columns}`
  return (importId: string): Query => query(sql, text(importId))
}

/**
 * Keeps how far a run ($2) of an import ($1) got, and writes the problems of the records that it
 * tried ($9) again. Answers no row when another run has begun.
 * Index: imports_pkey, import_problems_pkey. Lock: the row of the import.
 */
export const keepCheckpoint = (schema: string) => {
  const sql = `
with kept as (
  update ${schema}.imports i set records = $3, created = $4, updated = $5, unchanged = $6,
    failed = $7, bytes_done = $8, alive_at = clock_timestamp()
  where i.import_id = $1::uuid and i.run = $2
  returning i.import_id
), gone as (
  delete from ${schema}.import_problems p
  using kept
  where p.import_id = kept.import_id and p.record = any($9::int8[])
    and not exists (select 1 from unnest($10::int8[], $11::int8[]) as n(record, part)
      where n.record = p.record and n.part = p.part)
), added as (
  insert into ${schema}.import_problems
    (import_id, record, part, line, column_name, column_number, code, message)
  select kept.import_id, n.record, n.part, n.line, n.column_name, n.column_number, n.code, n.message
  from kept, unnest($10::int8[], $11::int8[], $12::int8[], $13::text[], $14::int8[], $15::text[],
    $16::text[]) as n(record, part, line, column_name, column_number, code, message)
  on conflict (import_id, record, part) do update
  set line = excluded.line, column_name = excluded.column_name,
    column_number = excluded.column_number, code = excluded.code, message = excluded.message
)
select 1 as kept from kept`
  return (importId: string, run: number, checkpoint: Checkpoint): Query => {
    const { bytesDone, counts, failed, tried } = checkpoint
    const problems = failed.flatMap(({ number, problems: found }) =>
      found.slice(0, problemsOfRecordMax).map((problem, part) => ({ ...problem, number, part }))
    )
    return query(
      sql,
      ...[text(importId), int8(run), int8(counts.records), int8(counts.created)],
      ...[int8(counts.updated), int8(counts.unchanged), int8(counts.failed), int8(bytesDone)],
      ...[int8s(tried), int8s(problems.map(({ number }) => number))],
      int8s(problems.map(({ part }) => part)),
      int8s(problems.map(({ line }) => line)),
      texts(problems.map(({ column }) => column && storable(column))),
      int8s(problems.map(({ columnNumber }) => columnNumber)),
      texts(problems.map(({ code }) => code)),
      texts(problems.map(({ message }) => storable(message)))
    )
  }
}

/** What the file has may be in it, and PostgreSQL keeps neither NUL nor half of a character. */
const storable = (text: string): string => text.toWellFormed().replaceAll("\u0000", "\uFFFD")

/** The most problems of one record that are kept. */
const problemsOfRecordMax = 100

/** Says that a run ($2) of an import ($1) is alive. Index: imports_pkey. Lock: the row. */
export const beatImport = (schema: string) => {
  const sql = `
update ${schema}.imports i set alive_at = clock_timestamp()
where i.import_id = $1::uuid and i.run = $2
returning 1 as kept`
  return (importId: string, run: number): Query => query(sql, text(importId), int8(run))
}

/** Ends a run ($2) of an import ($1). Index: imports_pkey. Lock: the row. */
export const endImport = (schema: string) => {
  const sql = `
update ${schema}.imports i set alive_at = clock_timestamp(), problem = $3,
  status = case when $3::text is null then 'FINISHED' else 'STOPPED' end
where i.import_id = $1::uuid and i.run = $2
returning 1 as kept`
  return (importId: string, run: number, problem: string | null): Query =>
    query(sql, text(importId), int8(run), text(problem && storable(problem)))
}

/** Reads the numbers of bad records of an import ($1). Index: import_problems_pkey. Lock: none. */
export const readFailedRecords = (schema: string) => {
  const sql = `select distinct p.record::float8 from ${schema}.import_problems p
where p.import_id = $1::uuid order by 1`
  return (importId: string): Query => query(sql, text(importId))
}

/**
 * Reads problems of an import ($1) from after a place ($2, $3), at most $4.
 * Index: import_problems_pkey. Lock: none.
 */
export const readProblems = (schema: string) => {
  const sql = `
select p.record::float8, p.part::float8, p.line::float8, p.column_name,
  p.column_number::float8, p.code::text, p.message
from ${schema}.import_problems p
where p.import_id = $1::uuid and (p.record, p.part) > ($2, $3)
order by p.record, p.part limit $4`
  return (importId: string, after: ProblemPlace | null, limit: number): Query =>
    query(sql, text(importId), int8(after?.record ?? 0), int8(after?.part ?? -1), int8(limit))
}
