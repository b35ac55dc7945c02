/** The order flow on every database that the adapter is held to. */
import { orderFlowContract } from "@holdfast/core/testing"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Layer from "effect/Layer"
import { layerMigrations, layerParkedOrderEvents, layerStorage } from "../../src/effect.ts"
import { freshPglite, freshPostgres } from "../engines.ts"

for (const version of [18, 15] as const) {
  const name = `PostgreSQL ${version}`
  describePostgres(version, `the order flow on ${name}`, () =>
    orderFlowContract(name, ({ now }) =>
      Layer.merge(layerStorage({ now }), layerParkedOrderEvents({ now })).pipe(
        Layer.provide(layerMigrations()),
        Layer.provide(freshPostgres(version))
      )
    )
  )
}

orderFlowContract("PGlite", ({ now }) =>
  Layer.merge(layerStorage({ now }), layerParkedOrderEvents({ now })).pipe(
    Layer.provide(layerMigrations()),
    Layer.provide(freshPglite)
  )
)
