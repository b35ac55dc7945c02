/**
 * The contract of `CatalogStore` and `CatalogReads`: one suite of vitest tests that every adapter
 * runs. Pass it and the adapter keeps the catalog as safely as the in-memory one does. A difference
 * between adapters is an option, never a skip.
 */
import { it as vitest } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { CatalogReads } from "../catalog/ports/CatalogReads.ts"
import type { CatalogStore } from "../catalog/ports/CatalogStore.ts"
import { Catalog } from "../catalog/services/Catalog.ts"
import { CatalogQueries } from "../catalog/services/CatalogQueries.ts"
import { attributes } from "./catalog/attributes/attributes.ts"
import { facets } from "./catalog/attributes/facets.ts"
import type { OnCatalogStage } from "./catalog/CatalogStage.ts"
import { layerCatalogSubject } from "./catalog/catalogSubject.ts"
import { categories, treeRaces } from "./catalog/categories.ts"
import { layerGivenInventory } from "./catalog/GivenInventory.ts"
import { handover } from "./catalog/handover.ts"
import { heldToTable } from "./catalog/heldToTable.ts"
import { names } from "./catalog/names.ts"
import { products } from "./catalog/products.ts"
import { reads } from "./catalog/reads.ts"
import { searching } from "./catalog/searching.ts"
import { editors, stock } from "./catalog/stock.ts"
import { type ContractClock, type ContractOptions, layerStage, Stage } from "./contract/Stage.ts"
import { engineTests } from "./engine/engineTests.ts"

/** The store under test, an engine over it, and the stage. */
const layerOnStage = <E>(
  layer: (clock: ContractClock) => Layer.Layer<CatalogStore | CatalogReads, E>,
  options: ContractOptions
): Layer.Layer<OnCatalogStage, E> => {
  const store = Layer.unwrap(Effect.map(Stage, ({ clock, now }) => layer({ clock, now })))
  const engine = Layer.effect(Catalog, Effect.map(Catalog, heldToTable))
  return layerCatalogSubject.pipe(
    Layer.provideMerge(Layer.provide(engine, Catalog.layer())),
    Layer.provideMerge(CatalogQueries.layer),
    Layer.provideMerge(store),
    Layer.provideMerge(layerGivenInventory),
    Layer.provideMerge(layerStage(options))
  )
}

/**
 * Declares the suite. `layer` opens an empty store whose decisions go by the time that it is given;
 * it is opened once and shared by the tests.
 */
export const catalogStoreContract = <E>(
  name: string,
  layer: (clock: ContractClock) => Layer.Layer<CatalogStore | CatalogReads, E>,
  options: ContractOptions = {}
): void => {
  const opening = { timeout: options.openingTimeout ?? "60 seconds", excludeTestServices: true }
  vitest.layer(layerOnStage(layer, options), opening)(`${name} keeps the contract`, (it) => {
    engineTests(it)
    products(it)
    names(it)
    handover(it)
    categories(it)
    treeRaces(it)
    stock(it)
    editors(it)
    reads(it)
    searching(it)
    attributes(it)
    facets(it)
  })
}
