/** The log that others follow, and its cursors, on every database that the adapter is held to. */
import { inventoryLogContract } from "@holdfast/core/testing"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Layer from "effect/Layer"
import { layerMigrations, layerStorage } from "../../src/effect.ts"
import { freshPglite, freshPostgres } from "../engines.ts"

for (const version of [18, 15] as const) {
  const name = `the log on PostgreSQL ${version}`
  describePostgres(version, name, () =>
    inventoryLogContract(name, ({ now }) =>
      layerStorage({ now }).pipe(
        Layer.provide(layerMigrations()),
        Layer.provide(freshPostgres(version))
      )
    )
  )
}

inventoryLogContract("the log on PGlite", ({ now }) =>
  layerStorage({ now }).pipe(Layer.provide(layerMigrations()), Layer.provide(freshPglite))
)
