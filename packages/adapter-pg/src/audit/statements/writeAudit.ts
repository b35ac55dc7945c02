import type { AuditDraft, DeniedAttempt, Seal, SealedSender } from "@holdfast/core/audit"
import { leavesText } from "@holdfast/core/audit"
import {
  instant,
  int8,
  int8s,
  type Query,
  query,
  text,
  texts
} from "../../connection/Query.ts"

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
 * Appends records of attempts that were denied.
 * Index: audit_pkey and the others of the table grow. Lock: the new rows.
 */
export const insertDenied = (schema: string) => {
  const sql = `
insert into ${schema}.audit (position, audit_id, outcome, principal_kind, principal_id, operation,
  targets, correlation_id, sender_digest, event_positions, reason, dropped, created_at)
select nextval('${schema}.audit_positions'), audit_id::uuid, 'DENIED', principal_kind, principal_id,
  operation, string_to_array(targets, E'\n'), correlation_id, sender_digest, '{}', reason, dropped,
  coalesce($10, clock_timestamp())
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
  $8::text[], $9::int8[]) with ordinality
  as n(audit_id, principal_kind, principal_id, operation, targets, correlation_id, sender_digest,
    reason, dropped, place)
order by place`
  return (attempts: ReadonlyArray<DeniedAttempt>, nowMillis: number | null): Query =>
    query(
      sql,
      texts(attempts.map(({ auditId }) => auditId)),
      texts(attempts.map(({ principal }) => principal.kind)),
      texts(attempts.map(({ principal }) => principal.id)),
      texts(attempts.map(({ operation }) => operation)),
      texts(attempts.map(({ targets }) => targets.join("\n"))),
      texts(attempts.map(({ correlationId }) => correlationId)),
      texts(attempts.map(({ sender }) => sender?.digest ?? null)),
      texts(attempts.map(({ reason }) => reason)),
      int8s(attempts.map(({ dropped }) => dropped)),
      instant(nowMillis)
    )
}

/**
 * Keeps a seal, unless there is one of its number, and says whether it did.
 * Index: seals_pkey. Lock: the new row; it waits for a transaction that seals the same.
 */
export const insertSeal = (schema: string) => {
  const sql = `
insert into ${schema}.seals (log, number, last_position, leaves, previous, digest, sealed_at)
values ($1, $2, $3, $4, $5, $6, $7)
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
      instant(seal.sealedAt.epochMilliseconds)
    )
}

/**
 * Makes records between two positions ($1, $2) quick to find by their targets.
 * Index: audit_pkey; audit_targets_pkey grows. Lock: the new rows.
 */
export const insertTargets = (schema: string) => {
  const sql = `
insert into ${schema}.audit_targets (target, position)
select t.target, a.position
from ${schema}.audit a cross join lateral unnest(a.targets) as t(target)
where a.position >= $1 and a.position <= $2
on conflict do nothing`
  return (first: number, last: number): Query => query(sql, int8(first), int8(last))
}
