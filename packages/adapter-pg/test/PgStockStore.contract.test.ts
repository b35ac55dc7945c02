/** The contract of every stock store, on each database that the adapter is held to. */
import { stockStoreContract } from "@holdfast/core/testing"
import { whyNoPostgres } from "@holdfast/test-servers"
import * as Layer from "effect/Layer"
import { describe } from "vitest"
import { layerMigrations, layerStorage } from "../src/effect.ts"
import { freshPglite, freshPostgres } from "./engines.ts"

const servers = [
  ["PostgreSQL 18", freshPostgres(18), whyNoPostgres(18)],
  ["PostgreSQL 15", freshPostgres(15), whyNoPostgres(15)],
  ["PGlite", freshPglite, undefined]
] as const

for (const [name, sessions, reason] of servers) {
  const declare = () =>
    stockStoreContract(name, ({ now }) =>
      layerStorage({ now }).pipe(Layer.provide(layerMigrations()), Layer.provide(sessions))
    )
  if (reason === undefined) declare()
  else describe.skip(`${name} — ${reason}`, declare)
}
