/** The contract of every stock store by random stories, each in a schema of its own. */
import { storyContract } from "@holdfast/core/testing"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Layer from "effect/Layer"
import { layerMigrations, layerPglite, layerStorage } from "../../src/effect.ts"
import { freshPostgres } from "../engines.ts"

storyContract(
  "the store on PGlite",
  ({ now }) =>
    layerStorage({ now }).pipe(
      Layer.provide(layerMigrations()),
      Layer.provide(layerPglite({ memory: true }))
    ),
  { stories: 3 }
)

describePostgres(18, "the store on PostgreSQL 18", () =>
  storyContract("the store on PostgreSQL 18", ({ now }) =>
    layerStorage({ now }).pipe(Layer.provide(layerMigrations()), Layer.provide(freshPostgres(18)))
  )
)
