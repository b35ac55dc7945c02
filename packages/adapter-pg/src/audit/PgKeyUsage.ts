/** How often each key has encrypted, in the tables of a context. */
import * as PgPool from "@effect/sql-pg/PgPool"
import { KeyUsage } from "@holdfast/core/secrets"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { runQueries } from "../connection/Session.ts"
import { toStoreError } from "../connection/SqlFailure.ts"
import { checkedSchemaName, type MigrationError } from "../schema/schemaName.ts"
import { readKeyUsage, reserveEncryptions } from "./statements/keyUsage.ts"

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
      const run = runQueries(yield* PgPool.PgPool)
      const reserve = reserveEncryptions(schema)
      const counts = readKeyUsage(schema)
      return {
        reserve: (keyId, count) =>
          Effect.mapBoth(run([reserve(keyId, count)]), {
            onSuccess: ([rows]) => rows?.[0]?.["encryptions"] as number,
            onFailure: toStoreError
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
