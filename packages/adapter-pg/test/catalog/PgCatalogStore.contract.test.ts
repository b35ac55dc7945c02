/** The contract of every catalog store, and of its log, on each version of the server. */
import {
  catalogLogContract,
  catalogStoreContract,
  catalogStoryContract
} from "@holdfast/core/testing"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Layer from "effect/Layer"
import { layerCatalogMigrations, layerCatalogStorage } from "../../src/effect.ts"
import { freshPostgres } from "../engines.ts"

for (const version of [18, 15] as const) {
  const name = `the catalog on PostgreSQL ${version}`
  describePostgres(version, name, () => {
    const catalog = ({ now }: Parameters<Parameters<typeof catalogStoreContract>[1]>[0]) =>
      layerCatalogStorage({ now }).pipe(
        Layer.provide(layerCatalogMigrations()),
        Layer.provide(freshPostgres(version))
      )
    catalogStoreContract(name, catalog)
    catalogLogContract(`the log of ${name}`, catalog)
    catalogStoryContract(name, catalog)
  })
}
