/** The contract of every stock store, on each version of the server that the adapter is held to. */
import { stockStoreContract } from "@holdfast/core/testing"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Layer from "effect/Layer"
import { layerMigrations, layerStorage } from "../../src/effect.ts"
import { freshPostgres } from "../engines.ts"

for (const version of [18, 15] as const) {
  const name = `the store on PostgreSQL ${version}`
  describePostgres(version, name, () =>
    stockStoreContract(name, ({ now }) =>
      layerStorage({ now }).pipe(
        Layer.provide(layerMigrations()),
        Layer.provide(freshPostgres(version))
      )
    )
  )
}
