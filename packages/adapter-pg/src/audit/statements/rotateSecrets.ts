import { int8, type Query, query, text, texts } from "../../connection/Query.ts"

/**
 * Reads senders that other keys than the current one ($1) have encrypted, after a row ($2), in order.
 * Index: audit_private_pkey. Lock: none.
 */
export const readOldSenders = (schema: string) => {
  const sql = `
select p.audit_id::text as row, p.ciphertext as value
from ${schema}.audit_private p
where p.audit_id > coalesce($2::uuid, '00000000-0000-0000-0000-000000000000') and p.key_id <> $1
order by p.audit_id
limit $3`
  return (keyId: string, after: string | null, limit: number): Query =>
    query(sql, text(keyId), text(after), int8(limit))
}

/**
 * Replaces senders that are still what was read, under a key ($4). A join
 * would read the whole index, since the planner does not know how few these rows are.
 * Index: audit_private_pkey. Lock: the rows, in the order of their ids.
 */
export const replaceSenders = (schema: string) => {
  const sql = `
update ${schema}.audit_private p set key_id = $4, ciphertext = (
  select n.replacement from unnest($1::text[], $3::text[]) as n(audit_id, replacement)
  where n.audit_id::uuid = p.audit_id)
where p.audit_id = any($1::text[]::uuid[]) and p.ciphertext = (
  select n.value from unnest($1::text[], $2::text[]) as n(audit_id, value)
  where n.audit_id::uuid = p.audit_id)
returning 1`
  return (
    rows: ReadonlyArray<string>,
    values: ReadonlyArray<string>,
    replacements: ReadonlyArray<string>,
    keyId: string
  ): Query => query(sql, texts(rows), texts(values), texts(replacements), text(keyId))
}

type SecretOfWebhook = "secret" | "previous_secret"

/**
 * Reads secrets of webhooks after a row ($1), in order.
 * Index: webhooks_pkey. Lock: none.
 */
export const readWebhookSecrets = (schema: string, column: SecretOfWebhook) => {
  const sql = `
select w.webhook_id::text as row, w.${column} as value
from ${schema}.webhooks w
where w.webhook_id > coalesce($1::uuid, '00000000-0000-0000-0000-000000000000')
  and w.${column} is not null
order by w.webhook_id
limit $2`
  return (after: string | null, limit: number): Query => query(sql, text(after), int8(limit))
}

/**
 * Replaces secrets of webhooks that are still what was read. Their versions stay: nothing about the
 * webhook has changed.
 * Index: webhooks_pkey. Lock: the rows, in the order of their ids.
 */
export const replaceWebhookSecrets = (schema: string, column: SecretOfWebhook) => {
  const sql = `
update ${schema}.webhooks w set ${column} = (
  select n.replacement from unnest($1::text[], $3::text[]) as n(webhook_id, replacement)
  where n.webhook_id::uuid = w.webhook_id)
where w.webhook_id = any($1::text[]::uuid[]) and w.${column} = (
  select n.value from unnest($1::text[], $2::text[]) as n(webhook_id, value)
  where n.webhook_id::uuid = w.webhook_id)
returning 1`
  return (
    rows: ReadonlyArray<string>,
    values: ReadonlyArray<string>,
    replacements: ReadonlyArray<string>
  ): Query => query(sql, texts(rows), texts(values), texts(replacements))
}
