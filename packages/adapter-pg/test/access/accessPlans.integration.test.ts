/** The plans of the statements of access, on a deployment that has had many keys. */
import { expect, it, vi } from "@effect/vitest"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import { layerPostgres, migrateAccess } from "../../src/effect.ts"
import { faultsOf, moments } from "../schema/plans.ts"
import { accessTables, plannedAccess } from "./plannedAccess.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

for (const version of [18, 15] as const) {
  describePostgres(version, `access on PostgreSQL ${version}`, () => {
    for (const made of moments) {
      it.live(`every statement keeps to its indexes with a plan made ${made}`, () =>
        Effect.gen(function* () {
          const url = yield* scopedDatabase({ version })
          yield* Effect.provide(migrateAccess("access"), layerPostgres({ url }))
          const faults = yield* faultsOf(url, plannedAccess, made, () => false, accessTables)
          expect(faults).toBe("")
        })
      )
    }
  })
}
