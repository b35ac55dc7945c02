/** The contract of every stock store, on the connections of a host's own pool. */
import { stockStoreContract } from "@holdfast/core/testing"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layerHostPool } from "../../src/connection/hostSessions.ts"
import { layerMigrations, layerStorage } from "../../src/effect.ts"
import { hostPool } from "../transaction/hosts.ts"

const freshHostPool = Layer.unwrap(
  Effect.gen(function* () {
    const connectionString = yield* scopedDatabase()
    const pool = yield* Effect.acquireRelease(
      Effect.sync(() => hostPool({ connectionString })),
      (open) => Effect.promise(() => open.end())
    )
    return layerHostPool(pool)
  })
)

const name = "the store on a host's own pool"
describePostgres(18, name, () =>
  stockStoreContract(name, ({ now }) =>
    layerStorage({ now }).pipe(Layer.provide(layerMigrations()), Layer.provide(freshHostPool))
  )
)
