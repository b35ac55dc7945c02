/**
 * The plans of the catalog's statements, on a catalog that has grown: each goes through the indexes
 * that its comment names and touches a handful of pages, whenever its plan was made.
 */
import { expect, it, vi } from "@effect/vitest"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import { catalogTables } from "../../src/catalog/catalogTables.ts"
import { layerPostgres } from "../../src/effect.ts"
import { migrateTables } from "../../src/schema/migrate.ts"
import { plannedCatalogFigures } from "../figures/plannedFigures.ts"
import { plannedCatalogReplicas } from "../replicas/plannedReplicas.ts"
import { faultsOf, moments } from "../schema/plans.ts"
import { catalogShop } from "./catalogShop.ts"
import { plannedAttributes } from "./plannedAttributes.ts"
import { plannedCatalog } from "./plannedCatalog.ts"
import { plannedMappings } from "./plannedMappings.ts"
import { plannedPlaces } from "./plannedPlaces.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

const planned = [
  ...plannedCatalog,
  ...plannedPlaces,
  ...plannedMappings,
  ...plannedAttributes,
  ...plannedCatalogFigures,
  ...plannedCatalogReplicas
]

/**
 * Statements whose plans read a whole index, or sort all places of a category, when they were made for a
 * table of a few rows.
 */
const outgrown: ReadonlySet<string> = new Set([
  "update a product",
  "delete a product",
  "update an option",
  "update a category",
  "delete a category",
  "read the dearest products of a category",
  "read the dearest products of very many categories",
  "update an attribute",
  "delete an attribute"
])

for (const version of [18, 15] as const) {
  describePostgres(version, `the catalog on PostgreSQL ${version}`, () => {
    for (const made of moments) {
      it.live(`every statement keeps to its indexes with a plan made ${made}`, () =>
        Effect.gen(function* () {
          const url = yield* scopedDatabase({ version })
          yield* Effect.provide(migrateTables(catalogTables, "catalog"), layerPostgres({ url }))
          const isOutgrown = (what: string) => outgrown.has(what)
          expect(yield* faultsOf(url, planned, made, isOutgrown, catalogShop)).toBe("")
        })
      )
    }
  })
}
