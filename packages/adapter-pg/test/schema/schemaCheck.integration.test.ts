/**
 * Tables that are missing, or of another version than the engine's. Nothing is read or written
 * until they are right, every caller gets the reason, and nothing has to be restarted.
 */
import { describe, expect, it, vi } from "@effect/vitest"
import { Inventory, SkuId, StockReads } from "@holdfast/core/inventory"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import { ensurePartitions, layerPglite, migrate } from "../../src/effect.ts"
import { connectedTo, unmigrated } from "../engines.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

/** A command, a read and a ping: each is refused with the reason. */
const allAreRefused = (message: RegExp) =>
  Effect.gen(function* () {
    const inventory = yield* Inventory
    const reads = yield* StockReads
    const sku = { skuId: "a", code: "A", name: "A", initialStock: 10 }
    for (const refused of [
      yield* Effect.flip(inventory.registerSku(sku)),
      yield* Effect.flip(reads.stock([SkuId.make("a")])),
      yield* Effect.flip(reads.locations),
      yield* Effect.flip(reads.ping)
    ]) {
      expect(refused).toMatchObject({
        _tag: "StoreError",
        reason: "Unavailable",
        message: expect.stringMatching(message)
      })
    }
  })

const allWork = Effect.gen(function* () {
  const inventory = yield* Inventory
  const reads = yield* StockReads
  yield* reads.ping
  yield* inventory.registerSku({ skuId: "a", code: "A", name: "A", initialStock: 10 })
  expect(yield* reads.stock([SkuId.make("a")])).toHaveLength(1)
})

describePostgres(18, "B10 an engine on a database", () => {
  it.live("without tables names the remedy, and works once somebody has migrated", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      yield* Effect.gen(function* () {
        yield* allAreRefused(/schema inventory has no tables yet; run holdfast migrate/)
        yield* migrate("inventory")
        yield* allWork
      }).pipe(Effect.provide(unmigrated({ url })))
    }).pipe(Effect.scoped)
  )

  it.live("that is newer or was changed is refused, and works once it is right", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      const sql = yield* connectedTo(url)
      yield* Effect.gen(function* () {
        yield* migrate("inventory")
        yield* sql("insert into inventory.migrations (id, name, checksum) values (99, 'next', '')")
        yield* allAreRefused(/has migration 99, this version knows up to \d+: upgrade Holdfast/)
        yield* sql("delete from inventory.migrations where id = 99")
        yield* sql("update inventory.migrations set checksum = 'x' || checksum where id = 1")
        yield* allAreRefused(/migration 1 .* is not the one that was applied/)
        yield* sql("update inventory.migrations set checksum = substr(checksum, 2) where id = 1")
        yield* allWork
      }).pipe(Effect.provide(unmigrated({ url })))
    }).pipe(Effect.scoped)
  )

  it.live("that is older is refused, and works once it is up to date", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      const sql = yield* connectedTo(url)
      yield* Effect.gen(function* () {
        yield* migrate("inventory")
        yield* sql("create table kept as select * from inventory.migrations")
        yield* sql("delete from inventory.migrations")
        yield* allAreRefused(/schema inventory is not up to date; run holdfast migrate/)
        yield* sql("insert into inventory.migrations select * from kept")
        yield* allWork
      }).pipe(Effect.provide(unmigrated({ url })))
    }).pipe(Effect.scoped)
  )
})

describe("ensurePartitions", () => {
  it.live("refuses a name that is no schema's, before it stands in a statement", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(ensurePartitions("inventory; drop schema inventory"))
      expect(error).toMatchObject({ _tag: "MigrationError", reason: "InvalidSchemaName" })
    }).pipe(Effect.provide(layerPglite({ memory: true })))
  )
})
