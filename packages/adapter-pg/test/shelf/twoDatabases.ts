/** A catalog and an inventory, each over its own database, joined in one process. */
import type * as PgPool from "@effect/sql-pg/PgPool"
import { Catalog } from "@holdfast/core/catalog"
import { Inventory } from "@holdfast/core/inventory"
import { FollowedInventory, layerStockStatus } from "@holdfast/core/shelf"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  layerCatalogMigrations,
  layerCatalogStorage,
  layerMigrations,
  layerStorage
} from "../../src/effect.ts"

/** Both contexts; the tables of each are made first. */
export const joinedOver = <E, R, E2, R2>(
  catalogSessions: Layer.Layer<PgPool.PgPool, E, R>,
  inventorySessions: Layer.Layer<PgPool.PgPool, E2, R2>,
  now?: Effect.Effect<DateTime.Utc>
) => {
  const inventory = Inventory.layer().pipe(
    Layer.provideMerge(layerStorage({ now })),
    Layer.provide(layerMigrations()),
    Layer.provide(inventorySessions)
  )
  const catalogStorage = layerCatalogStorage().pipe(
    Layer.provide(layerCatalogMigrations()),
    Layer.provide(catalogSessions)
  )
  return Catalog.layer().pipe(
    Layer.provideMerge(catalogStorage),
    Layer.provideMerge(Layer.merge(layerStockStatus(), FollowedInventory.layerLocal)),
    Layer.provideMerge(inventory)
  )
}
