/**
 * The wire cut around COMMIT: each change of the catalog has one effect, and each answer is what is
 * stored. Two editors of one product behind the same wire never lose a change of the other.
 */
import { expect, it, vi } from "@effect/vitest"
import { Catalog, CatalogReads, StockStatus } from "@holdfast/core/catalog"
import { scopedDatabase, scopedTcpProxy } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  layerCatalogMigrations,
  layerCatalogStorage,
  layerPostgres,
  type PgCatalogOptions
} from "../../src/effect.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

/** A catalog whose connections go through a proxy. */
const behindProxy = Effect.fnUntraced(function* (options: PgCatalogOptions = {}) {
  const url = yield* scopedDatabase()
  const proxy = yield* scopedTcpProxy(Number(new URL(url).port))
  const catalog = Catalog.layer({ batchMax: 2 }).pipe(
    Layer.provideMerge(layerCatalogStorage(options)),
    Layer.provide(StockStatus.layerNone),
    Layer.provide(layerCatalogMigrations()),
    Layer.provide(layerPostgres({ url: proxy.url(url) }))
  )
  return { proxy, catalog }
})

const productOf = (n: number) => ({
  name: `Product ${n}`,
  type: "NORMAL" as const,
  slug: `product-${n}`,
  externalId: `product-${n}`,
  options: [
    {
      name: "Option",
      price: { amount: "10.00", currency: "EUR" },
      skuMappings: [{ skuId: `sku-${n}`, quantity: 1 }]
    }
  ]
})

describePostgres(18, "when the wire is cut from the catalog", () => {
  for (const kind of ["cut-commit-answer", "cut-commit-request"] as const) {
    it.live(`around COMMIT (${kind}), every change has one effect and its own answer`, () =>
      Effect.gen(function* () {
        const { catalog: layer, proxy } = yield* behindProxy({ lanes: 4 })
        yield* Effect.gen(function* () {
          const catalog = yield* Catalog
          const reads = yield* CatalogReads
          const edited = yield* catalog.createProduct({ name: "Edited", type: "NORMAL" })
          const { id: productId } = edited
          yield* Effect.promise(() => proxy.behave({ kind, when: (commit) => commit % 2 === 0 }))
          const made: Array<Effect.Success<ReturnType<typeof catalog.createProduct>>> = []
          let added = 0
          while (proxy.cuts() < 60) {
            const from = made.length
            const numbers = Array.from({ length: 20 }, (_, n) => from + n)
            const make = Effect.forEach(
              numbers,
              (n) => catalog.createProduct(productOf(n), { idempotencyKey: `key-${n}` }),
              { concurrency: 8 }
            )
            // Two editors add an option each, and say nothing of the version that they saw.
            const edit = Effect.forEach(
              ["left", "right"],
              (name) => catalog.addOption({ productId, name: `${name} ${from}` }),
              { concurrency: 2 }
            )
            const [products] = yield* Effect.all([make, edit], { concurrency: 2 })
            made.push(...products)
            added += 2
          }
          yield* Effect.promise(() => proxy.behave({ kind: "pass" }))
          const stored = yield* reads.products(made.map(({ id }) => id))
          const byId = new Map(stored.map((product) => [product.id, product]))
          expect(made.map(({ id }) => byId.get(id))).toEqual(made)
          const [after] = yield* reads.products([productId])
          expect(after?.options).toHaveLength(added)
          expect(after?.version).toBe(1 + added)
          const log = yield* reads.events(0, 10_000)
          expect(log).toHaveLength(1 + made.length + added)
          const again = yield* catalog.createProduct(productOf(3), { idempotencyKey: "key-3" })
          expect(again).toEqual(made[3])
        }).pipe(Effect.provide(layer))
      }).pipe(Effect.scoped)
    )
  }

  it.live("and stays cut, the outcome is unknown, and a repeat with the same key knows it", () =>
    Effect.gen(function* () {
      const { catalog: layer, proxy } = yield* behindProxy({ deadlineMillis: 300 })
      yield* Effect.gen(function* () {
        const catalog = yield* Catalog
        const reads = yield* CatalogReads
        yield* catalog.createProduct(productOf(1))
        const cutOnce = proxy.behave({
          kind: "cut-commit-answer",
          when: () => {
            void proxy.behave({ kind: "refuse" })
            return true
          }
        })
        yield* Effect.promise(() => cutOnce)
        const make = catalog.createProduct(productOf(2), { idempotencyKey: "k" })
        expect(yield* Effect.flip(make)).toMatchObject({ reason: "OutcomeUnknown" })
        yield* Effect.promise(() => proxy.behave({ kind: "pass" }))
        const answer = yield* make
        expect(yield* reads.productBySlug("product-2")).toEqual(answer)
      }).pipe(Effect.provide(layer))
    }).pipe(Effect.scoped)
  )
})
