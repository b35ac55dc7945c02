/** The columns of a schema that hold what is encrypted, for a rotation of keys. */
import * as PgPool from "@effect/sql-pg/PgPool"
import { senderColumn } from "@holdfast/core/audit"
import { makeManagementRecords } from "@holdfast/core/engine"
import { webhookSecretColumns } from "@holdfast/core/events"
import { customerColumn } from "@holdfast/core/inventory"
import type { ReplacedValue, SecretColumn, SecretValue } from "@holdfast/core/secrets"
import * as Effect from "effect/Effect"
import type { Query } from "../connection/Query.ts"
import { runQueries } from "../connection/Session.ts"
import { toStoreError } from "../connection/SqlFailure.ts"
import { checkedSchemaName } from "../schema/schemaName.ts"
import { recordedChanges } from "./recordedChanges.ts"
import { readOldCustomers, replaceCustomers } from "./statements/rotateCustomers.ts"
import {
  readOldSenders,
  readWebhookSecrets,
  replaceSenders,
  replaceWebhookSecrets
} from "./statements/rotateSecrets.ts"

/**
 * The columns of the schema of a context, as they are to be read under a current key. Each page that is replaced
 * leaves a record of it in the audit log, in the same transaction.
 */
export const secretColumns = Effect.fnUntraced(function* (
  name: string,
  currentKeyId: string,
  /** Whether it has orders, and so data of customers. */
  { hasCustomers }: { readonly hasCustomers: boolean }
) {
  const schema = yield* checkedSchemaName(name)
  const pool = yield* PgPool.PgPool
  const run = runQueries(pool)
  const change = recordedChanges(pool, { schema })
  const record = yield* makeManagementRecords
  /** Replaces a page of values, with its record; how many were replaced. */
  const replaced = (column: string, query: Query) =>
    Effect.gen(function* () {
      const targets = [`COLUMN:${column}`, `KEY:${currentKeyId}`]
      const one = yield* record({ operation: "RotateSecrets", targets })
      const [rows = []] = yield* Effect.mapError(change([query], one), toStoreError)
      return rows.length
    })
  const rowsOf = (query: Query) =>
    Effect.mapBoth(run([query]), {
      onSuccess: ([rows = []]) => rows,
      onFailure: toStoreError
    })
  const valuesOf = (query: Query) =>
    Effect.map(rowsOf(query), (rows) =>
      rows.map((row): SecretValue => ({ row: row["row"] as string, value: row["value"] as string }))
    )
  const parts = (values: ReadonlyArray<ReplacedValue>) =>
    [
      values.map(({ row }) => row),
      values.map(({ value }) => value),
      values.map(({ replacement }) => replacement)
    ] as const
  const ofWebhooks = (column: "secret" | "previous_secret", named: string): SecretColumn => {
    const read = readWebhookSecrets(schema, column)
    const replace = replaceWebhookSecrets(schema, column)
    return {
      column: named,
      read: (after, limit) => valuesOf(read(after, limit)),
      replace: (values) => replaced(named, replace(...parts(values)))
    }
  }
  const read = readOldSenders(schema)
  const replace = replaceSenders(schema)
  const senders: SecretColumn = {
    column: senderColumn,
    read: (after, limit) => valuesOf(read(currentKeyId, after, limit)),
    replace: (values) => replaced(senderColumn, replace(...parts(values), currentKeyId))
  }
  const oldCustomers = readOldCustomers(schema)
  const replaceOf = replaceCustomers(schema)
  const customers: SecretColumn = {
    column: customerColumn,
    read: (after, limit) => valuesOf(oldCustomers(currentKeyId, after, limit)),
    replace: (values) => replaced(customerColumn, replaceOf(...parts(values)))
  }
  return [
    ofWebhooks("secret", webhookSecretColumns.secret),
    ofWebhooks("previous_secret", webhookSecretColumns.previous),
    senders,
    ...(hasCustomers ? [customers] : [])
  ]
})
