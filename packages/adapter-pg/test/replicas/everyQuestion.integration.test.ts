/**
 * Every question of both contexts, and who answers it: a replica, by the role that docs/operations/REPLICAS.md makes, or what
 * is there now.
 */
import { readFileSync } from "node:fs"
import { inspect } from "node:util"
import { expect, it, vi } from "@effect/vitest"
import { RequestMinVersions } from "@holdfast/core/caching"
import { Catalog, CatalogQueries, StockStatus } from "@holdfast/core/catalog"
import { Inventory, InventoryLog, InventoryQueries } from "@holdfast/core/inventory"
import { scopedReplicated } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  layerCatalogMigrations,
  layerCatalogStorage,
  layerMigrations,
  layerPostgres,
  layerStorage
} from "../../src/effect.ts"
import { connectedTo, until } from "../engines.ts"
import { answeredByReplicas, untilStates } from "./replicated.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

type Questions<Queries extends { readonly Service: object }> = Exclude<
  keyof Queries["Service"],
  "ask" | "viewedAgain"
>

const uuid = "0190a8f0-0000-7000-8000-000000000001"

/** What each question of the inventory is asked with; a new one has to be added. */
const inventoryInputs: { readonly [Name in Questions<InventoryQueries>]: object } = {
  sku: { skuId: "mug" },
  skus: {},
  stock: { skuId: "mug" },
  stocks: { skuIds: ["mug"] },
  stockStatus: { skuIds: ["mug"] },
  heldOptions: { optionIds: [uuid] },
  levels: { skuId: "mug" },
  locations: {},
  location: { locationId: "default" },
  reservation: { reservationId: uuid },
  reservationsOfOrder: { orderId: "o1" },
  order: { orderId: "o1" },
  reservationsOfSku: { skuId: "mug" },
  checkAvailability: { lines: [{ skuId: "mug", quantity: 1 }] },
  movements: { skuId: "mug" },
  movementsOfReference: { reference: "note" },
  stockAsOf: { skuId: "mug", at: "2020-01-01T00:00:00Z" },
  events: {},
  reconcile: {},
  reconciledLevels: {},
  reconcilePart: {},
  mostMissed: {},
  accuracy: {},
  ping: {}
}

const catalogInputs: { readonly [Name in Questions<CatalogQueries>]: object } = {
  product: { productId: uuid },
  productBySlug: { slug: "mug" },
  productsByIds: { productIds: [uuid] },
  byExternalIds: { kind: "product", externalIds: ["x"] },
  products: { q: "mug" },
  category: { categoryId: uuid },
  categoryTree: {},
  attributes: {},
  attribute: { attributeId: uuid },
  skuMappings: { skuIds: ["mug"] },
  mostViewed: {},
  events: {},
  ping: {}
}

/** The statements by which the documentation makes the role of replicas. */
const readerStatements = (): ReadonlyArray<string> => {
  const page = readFileSync(
    new URL("../../../../docs/operations/REPLICAS.md", import.meta.url),
    "utf8"
  )
  const block = /```sql\n(create role reader [\s\S]*?)```/.exec(page)?.[1] ?? ""
  return block.split(";\n").filter((statement) => statement !== "")
}

/** The address of a server for the reader. */
const asReader = (address: string): string => {
  const url = new URL(address)
  url.username = "reader"
  url.password = "password"
  return url.href
}

const decisive = ["checkAvailability", "events", "heldOptions", "ping"]

describePostgres(18, "every question", () => {
  it.live(
    "is answered by a replica, but for those that are decided by or that follow the log",
    () =>
      Effect.gen(function* () {
        const { primary, standbys } = yield* scopedReplicated()
        const migrated = Layer.merge(layerMigrations(), layerCatalogMigrations())
        yield* Effect.provide(
          Effect.void,
          Layer.provide(migrated, layerPostgres({ url: primary.url() }))
        )
        const sql = yield* connectedTo(primary.url())
        const statements = readerStatements()
        expect(statements.length).toBeGreaterThan(4)
        for (const statement of statements) yield* sql(statement)
        const urls = standbys.map((one) => asReader(one.url()))
        const replicas = { urls, lagMillisMax: 600_000 }
        const both = Layer.mergeAll(
          Inventory.layer(),
          InventoryQueries.layer,
          Catalog.layer(),
          CatalogQueries.layer
        ).pipe(
          Layer.provideMerge(Layer.merge(layerStorage(), layerCatalogStorage())),
          Layer.provide(StockStatus.layerNone),
          Layer.provide(Layer.merge(layerMigrations(), layerCatalogMigrations())),
          Layer.provideMerge(layerPostgres({ url: primary.url(), replicas }))
        )
        yield* Effect.gen(function* () {
          const inventory = yield* Inventory
          yield* inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 })
          const stocked = yield* InventoryQueries
          const catalog = yield* CatalogQueries
          yield* untilStates("IN")
          yield* until(Effect.isSuccess(stocked.stock({ skuId: "mug" as never })))
          /** How many reads of some work a replica answered. */
          const read = <A, E, R>(work: Effect.Effect<A, E, R>) =>
            Effect.gen(function* () {
              const before = yield* answeredByReplicas
              yield* Effect.exit(work)
              return (yield* answeredByReplicas) - before
            })
          const found: Array<string> = []
          const asked = (queries: object, inputs: object) =>
            Effect.forEach(Object.entries(inputs), ([name, input]) =>
              Effect.map(
                read(
                  (queries as Record<string, (of: object) => Effect.Effect<unknown>>)[name]?.(
                    input
                  ) ?? Effect.die(name)
                ),
                (count) => {
                  if (count === 0) found.push(name)
                }
              )
            )
          yield* asked(stocked, inventoryInputs)
          expect(found.splice(0).sort()).toEqual(decisive)
          yield* asked(catalog, catalogInputs)
          expect(found.sort()).toEqual(["events", "ping"])

          const log = yield* InventoryLog
          expect(yield* read(log.audit.list({ limit: 10 }))).toBe(1)
          expect(yield* read(log.read(0, 10))).toBe(0)
          expect(yield* read(log.head)).toBe(0)
          expect(yield* read(log.audit.texts("EVENTS", { after: 0, limit: 10 } as never))).toBe(0)
          expect(
            yield* read(
              inventory.reserve({ orderId: "o1", lines: [{ skuId: "mug", quantity: 1 }] })
            )
          ).toBe(0)

          // The role of the replicas can change nothing, and reads no secret, on the primary neither.
          const reader = yield* connectedTo(asReader(primary.url()))
          for (const denied of [
            "update inventory.inventory set reserved_quantity = 0",
            "delete from catalog.products",
            "create table inventory.mine (n int)",
            "select secret from inventory.webhooks",
            "select answer from catalog.receipts",
            "select 1 from inventory.order_customers"
          ]) {
            const error = yield* Effect.flip(reader(denied))
            expect(inspect(error, { depth: 6 }), denied).toMatch(/permission denied/)
          }

          // A product and a category that a reader has seen.
          const { id } = yield* (yield* Catalog).createCategory({ name: "Mugs" })
          const categoryAt = (version: number) =>
            Effect.provideService(
              catalog.category({ categoryId: id }),
              RequestMinVersions,
              new Map([[`category:${id}`, version]])
            )
          yield* until(Effect.map(read(categoryAt(1)), (count) => count === 1))
          yield* Effect.promise(async () => {
            for (const standby of standbys) await standby.pauseReplay()
          })
          yield* (yield* Catalog).updateCategory({ categoryId: id, name: "Cups" })
          // What was written here is seen by its id; a list that names none may lag.
          expect((yield* catalog.category({ categoryId: id })).name).toBe("Cups")
          const [root] = (yield* catalog.categoryTree({})).categories
          expect(root?.name).toBe("Mugs")
          expect((yield* categoryAt(2)).name).toBe("Cups")
        }).pipe(Effect.provide(both))
      }).pipe(Effect.scoped)
  )
})
