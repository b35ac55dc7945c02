import type { Anchor, SealedLog } from "@holdfast/core/audit"
import { int8, type Query, query, text } from "../../connection/Query.ts"
import { marksOf } from "./writeAudit.ts"

/**
 * Keeps an anchor of a log ($1): a seal ($2) that is there with this digest ($3) and is not the last. Answers
 * with its position, and with no row when there is no such seal, or an anchor that goes as far.
 * Index: seals_pkey, seal_anchors_pkey. Lock: the new row.
 */
export const insertAnchor = (schema: string) => {
  const sql = `
insert into ${schema}.seal_anchors (log, number, last_position, digest, created_at)
select s.log, s.number, s.last_position, s.digest, clock_timestamp()
from ${schema}.seals s
where s.log = $1 and s.number = $2 and s.digest = $3
  and $2 < (select l.number from ${schema}.seals l where l.log = $1 order by l.number desc limit 1)
on conflict (log, number) do nothing
returning last_position::float8 as last_position`
  return (log: SealedLog, { digest, number }: Pick<Anchor, "digest" | "number">): Query =>
    query(sql, text(log), int8(number), text(digest))
}

/**
 * Drops the seals of a log ($1) up to a number ($2), and says how many there were.
 * Index: seals_pkey, seal_anchors_pkey. Lock: the rows.
 */
export const deleteSeals = (schema: string) => {
  const sql = `
with gone as (
  delete from ${schema}.seals s where s.log = $1 and s.number <= $2 returning 1
)
select count(*)::float8 as gone from gone`
  return (log: SealedLog, number: number): Query => query(sql, text(log), int8(number))
}

/**
 * Drops records up to a position ($1), with their marks and with where their requests came from, and says how many
 * records there were.
 * Index: audit_pkey, audit_marks_pkey, audit_private_pkey. Lock: the rows.
 */
export const deleteRecords = (schema: string) => {
  const sql = `
with old as materialized (
  select a.position, a.record from ${schema}.audit a where a.position <= $1
), marks as (
  delete from ${schema}.audit_marks k
  using (select m.mark, a.position from old a cross join lateral (${marksOf}) as m) as n
  where k.mark = n.mark and k.position = n.position
), senders as (
  delete from ${schema}.audit_private p
  using old o
  where o.record ->> 'senderDigest' is not null
    and p.audit_id = coalesce(o.record ->> 'auditId', o.record ->> 'commandId')::uuid
), gone as (
  delete from ${schema}.audit a using old o where a.position = o.position returning 1
)
select count(*)::float8 as gone from gone`
  return (upTo: number): Query => query(sql, int8(upTo))
}
