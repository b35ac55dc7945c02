import type { AuditDraft, Seal, SealedSender } from "@holdfast/core/audit"
import { leavesText } from "@holdfast/core/audit"
import { instant, int8, type Query, query, text, texts } from "../../connection/Query.ts"

const insertSendersSql = (schema: string) => `
insert into ${schema}.audit_private (audit_id, salt, key_id, ciphertext)
select audit_id::uuid, salt, key_id, ciphertext
from unnest($1::text[], $2::text[], $3::text[], $4::text[])
  as n(audit_id, salt, key_id, ciphertext)`

interface Sent {
  readonly auditId: string
  readonly sender: SealedSender | null
}

/**
 * Keeps where requests came from, encrypted, beside the records of the audit log.
 * Index: audit_private_pkey and audit_private_key grow. Lock: the new rows.
 */
export const insertSenders = (schema: string) => {
  const sql = insertSendersSql(schema)
  return (records: ReadonlyArray<Pick<AuditDraft, keyof Sent> | Sent>): Query => {
    const sent = records.flatMap(({ auditId, sender }) =>
      sender === null ? [] : [{ auditId, ...sender }]
    )
    return query(
      sql,
      texts(sent.map(({ auditId }) => auditId)),
      texts(sent.map(({ salt }) => salt)),
      texts(sent.map(({ keyId }) => keyId)),
      texts(sent.map(({ ciphertext }) => ciphertext))
    )
  }
}

/**
 * Appends records that name no events: of attempts that were denied, and of what people manage.
 * Index: audit_pkey grows. Lock: the new rows.
 */
export const insertRecords = (schema: string) => {
  const sql = `
insert into ${schema}.audit (position, record, event_positions, created_at)
select nextval('${schema}.audit_positions'), record::json, '{}', coalesce($2, clock_timestamp())
from unnest($1::text[]) as n(record)`
  return (records: ReadonlyArray<string>, nowMillis: number | null): Query =>
    query(sql, texts(records), instant(nowMillis))
}

/**
 * Keeps a seal, unless there is one of its number, and says whether it did.
 * Index: seals_pkey; seals_ended_at grows. Lock: the new row; it waits for a transaction that seals the same.
 */
export const insertSeal = (schema: string) => {
  const sql = `
insert into ${schema}.seals (log, number, last_position, leaves, previous, digest, ended_at, sealed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (log, number) do nothing
returning 1`
  return (seal: Seal): Query =>
    query(
      sql,
      text(seal.log),
      int8(seal.number),
      int8(seal.lastPosition),
      text(leavesText(seal.leaves)),
      text(seal.previous),
      text(seal.digest),
      instant(seal.endedAt.epochMilliseconds),
      instant(seal.sealedAt.epochMilliseconds)
    )
}

/** Reads the marks of a record (`a`). Index: none. Lock: none. */
export const marksOf = `
  select 'principal:' || (a.record -> 'principal' ->> 'id') as mark
  union all select 'operation:' || (a.record ->> 'operation')
  union all select 'command:' || (a.record ->> 'commandId')
  union all select 'target:' || t.target from json_array_elements_text(a.record -> 'targets') as t(target)
`

/**
 * Makes records between two positions ($1, $2) quick to find by principal, operation, target and command.
 * Index: audit_pkey; audit_marks_pkey grows. Lock: the new rows.
 */
export const insertMarks = (schema: string) => {
  const sql = `
insert into ${schema}.audit_marks (mark, position)
select m.mark, a.position
from ${schema}.audit a cross join lateral (${marksOf}) as m
where a.position >= $1 and a.position <= $2 and m.mark is not null
on conflict do nothing`
  return (first: number, last: number): Query => query(sql, int8(first), int8(last))
}
