/** How often each key has encrypted, in the tables of a context. */
import * as PgPool from "@effect/sql-pg/PgPool"
import {
  anonymous,
  makeManagementRecords,
  type RecordManagement,
  RequestCaller
} from "@holdfast/core/engine"
import { KeyUsage } from "@holdfast/core/secrets"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { runQueries } from "../connection/Session.ts"
import { toStoreError } from "../connection/SqlFailure.ts"
import { checkedSchemaName, type MigrationError } from "../schema/schemaName.ts"
import { recordedChanges } from "./recordedChanges.ts"
import { readKeyUsage, reserveEncryptions } from "./statements/keyUsage.ts"

/** The record of a key that encrypts for the first time. Who asks at that moment did not choose it. */
const beginning = (record: RecordManagement, keyId: string) =>
  Effect.provideService(
    record({ operation: "BeginKey", targets: [`KEY:${keyId}`] }),
    RequestCaller,
    anonymous
  )

/** Counts encryptions in the schema of a context, whose tables must exist by the first of them. */
export const layerKeyUsage = ({
  schema: name
}: {
  readonly schema: string
}): Layer.Layer<never, MigrationError, PgPool.PgPool> =>
  Layer.effect(
    KeyUsage,
    Effect.gen(function* () {
      const schema = yield* checkedSchemaName(name)
      const pool = yield* PgPool.PgPool
      const run = runQueries(pool)
      const change = recordedChanges(pool, { schema })
      const record = yield* makeManagementRecords
      const reserve = reserveEncryptions(schema)
      const counts = readKeyUsage(schema)
      return {
        reserve: (keyId, count) =>
          Effect.gen(function* () {
            const begun = yield* beginning(record, keyId)
            const [[row] = []] = yield* Effect.mapError(
              change([reserve(keyId, count)], begun, ([rows]) => rows?.[0]?.["is_new"] === true),
              toStoreError
            )
            return row?.["encryptions"] as number
          }),
        counts: Effect.mapBoth(run([counts()]), {
          onSuccess: ([rows = []]) =>
            rows.map((row) => ({
              keyId: row["key_id"] as string,
              encryptions: row["encryptions"] as number
            })),
          onFailure: toStoreError
        })
      }
    })
  )
