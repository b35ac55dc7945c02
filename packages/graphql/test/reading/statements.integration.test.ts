// How many statements a page takes, counted on PostgreSQL: a constant for each, however much is on it.
import type * as PgPool from "@effect/sql-pg/PgPool"
import {
  layerCatalogMigrations,
  layerCatalogStorage,
  layerMigrations,
  layerStorage
} from "@holdfast/adapter-pg/effect"
import { Catalog, type CategoryId } from "@holdfast/core/catalog"
import { Inventory } from "@holdfast/core/inventory"
import { layerOptionMappings, layerStockStatus } from "@holdfast/core/shelf"
import { webHandler } from "@holdfast/http"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { counted, Sent } from "../../../adapter-pg/test/catalog/countedStatements.ts"
import { databases } from "../../../adapter-pg/test/engines.ts"
import { graphqlDoor } from "../../src/index.ts"
import type { Result } from "../asking.ts"

const engineOver = <E>(sessions: Layer.Layer<PgPool.PgPool, E>) =>
  Layer.merge(Inventory.layer({ audit: "NONE" }), Catalog.layer({ audit: "NONE" })).pipe(
    Layer.provideMerge(Layer.merge(layerStockStatus(), layerOptionMappings)),
    Layer.provideMerge(Layer.merge(layerStorage(), layerCatalogStorage())),
    Layer.provide(Layer.merge(layerMigrations(), layerCatalogMigrations())),
    Layer.provideMerge(counted(sessions))
  )

const productPage = `query ($id: ID!) { product(productId: $id) {
  name categories { name } options { name price availability { availableQuantity }
    skuMappings { quantity stock { availableQuantity } sku { code stock { availableQuantity }
      levels { location { name } totalQuantity } } } } } }`

const categoryPage = `query ($id: ID!, $n: Int!) { category(categoryId: $id) { name
  products(first: $n) { nodes { name categories { name } options { name price
    availability { availableQuantity } skuMappings { quantity sku { code stock { availableQuantity } } } } }
    pageInfo { endCursor } } } }`

const orderPage = `query ($id: ID!) { order(orderId: $id) { status reservations {
  quantity status location { name } sku { code name stock { availableQuantity } } } } }`

const ledgers = `query ($n: Int!) { skus(first: $n) { nodes { code levels { totalQuantity }
  movements(first: 3) { nodes { quantity location { name } } } reservations(first: 3) { nodes { orderId } } } } }`

const [, postgres] = databases[0]

describe("on PostgreSQL a page takes as many statements as any other", () => {
  const scope = Scope.makeUnsafe()
  let sent: { count: number } = { count: 0 }
  let fetch: (request: Request) => Promise<Response> = () => Promise.reject(new Error("closed"))
  let dispose = async () => undefined as void
  const products: Array<string> = []
  let categoryId = ""

  const ask = async (query: string, variables: object) => {
    const before = sent.count
    const response = await fetch(
      new Request("http://shop.example/graphql", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query, variables })
      })
    )
    const { data, errors } = (await response.json()) as Result
    expect(errors).toBeUndefined()
    return { data, statements: sent.count - before }
  }

  beforeAll(async () => {
    const context = await Effect.runPromise(Layer.buildWithScope(engineOver(postgres), scope))
    sent = Context.get(context, Sent)
    const inventory = Context.get(context, Inventory)
    const catalog = Context.get(context, Catalog)
    await Effect.runPromise(
      Effect.gen(function* () {
        const { id } = yield* catalog.createCategory({ name: "All" })
        categoryId = id
        for (let n = 0; n < 50; n++) {
          for (const part of ["a", "b"]) {
            const skuId = `sku-${n}-${part}`
            yield* inventory.registerSku({ skuId, code: skuId, name: skuId, initialStock: 100 })
          }
        }
        for (let n = 0; n < 50; n++) {
          // The first product has one option, the last has many.
          const options = Array.from({ length: n === 0 ? 1 : 1 + (n % 4) }, (_, option) => ({
            name: `Option ${option}`,
            price: { amount: "10.00", currency: "EUR" },
            skuMappings: [
              { skuId: `sku-${n}-a`, quantity: 1 },
              { skuId: `sku-${(n * 7 + option) % 50}-b`, quantity: 2 }
            ]
          }))
          const made = yield* catalog.createProduct({
            name: `Product ${n}`,
            type: "BUNDLE",
            status: "ACTIVE",
            categoryIds: [id as CategoryId],
            options
          })
          products.push(made.id)
        }
        for (const lines of [1, 40]) {
          yield* inventory.placeOrder({
            orderId: `order-${lines}`,
            lines: Array.from({ length: lines }, (_, n) => ({ skuId: `sku-${n}-a`, quantity: 1 }))
          })
        }
      })
    )
    const mounted = webHandler(Layer.succeedContext(context) as never, {
      doors: [graphqlDoor({ limits: { cost: 50_000 } })]
    })
    fetch = mounted.handler
    dispose = mounted.dispose
    // The first ones also look at the versions of the tables.
    await ask(ledgers, { n: 2 })
    await ask(productPage, { id: products[0] })
  }, 120_000)

  afterAll(async () => {
    await dispose()
    await Effect.runPromise(Scope.close(scope, Exit.void))
  })

  it("a product page: 1 of products, 1 of categories, 1 of stock for the catalog, 1 of SKUs, 1 of locations", async () => {
    for (const n of [0, 3, 49]) {
      const { data, statements } = await ask(productPage, { id: products[n] })
      expect(data.product.options[0].skuMappings[0].sku.levels).toHaveLength(1)
      expect(statements).toBe(5)
    }
  })

  it("a product page that asks for the name alone: 1", async () => {
    const { statements } = await ask("query ($id: ID!) { product(productId: $id) { name } }", {
      id: products[3]
    })
    expect(statements).toBe(1)
  })

  it("ten products under ten aliases: as many as one", async () => {
    const query = `query { ${products
      .slice(0, 10)
      .map(
        (id, n) =>
          `p${n}: product(productId: "${id}") { name options { skuMappings { sku { stock { availableQuantity } } } } }`
      )
      .join(" ")} }`
    const { data, statements } = await ask(query, {})
    expect(Object.keys(data)).toHaveLength(10)
    expect(statements).toBe(2)
  })

  it("a category page of 1, 10 and 50 products", async () => {
    for (const n of [1, 10, 50]) {
      const { data, statements } = await ask(categoryPage, { id: categoryId, n })
      expect(data.category.products.nodes).toHaveLength(n)
      // The category, the products, their categories, the stock for the catalog, the SKUs.
      expect(statements).toBe(5)
    }
  })

  it("an order page of 1 and of 40 lines", async () => {
    for (const lines of [1, 40]) {
      const { data, statements } = await ask(orderPage, { id: `order-${lines}` })
      expect(data.order.reservations).toHaveLength(lines)
      // The order with its holds, the SKUs, the locations.
      expect(statements).toBe(3)
    }
  })

  it("ten order pages under ten aliases: as many as one", async () => {
    const page = `{ status reservations { quantity location { name } sku { name } } }`
    const query = (count: number) =>
      `query { ${Array.from({ length: count }, (_, n) => `o${n}: order(orderId: "order-${n % 2 === 0 ? 1 : 40}") ${page}`).join(" ")} }`
    for (const count of [1, 10]) {
      const { data, statements } = await ask(query(count), {})
      expect(Object.keys(data)).toHaveLength(count)
      expect(data.o0.reservations).toHaveLength(1)
      expect(statements).toBe(3)
    }
  })

  it("holds, and pages of holds, of ten orders under ten aliases: one each", async () => {
    const query = `query { ${Array.from(
      { length: 5 },
      (_, n) =>
        `a${n}: reservationsOfOrder(orderId: "order-${n % 2 === 0 ? 1 : 40}", first: ${20 + n}) { nodes { id quantity } }
         l${n}: locations { name }`
    ).join(" ")} }`
    const { data, statements } = await ask(query, {})
    expect([data.a0, data.a1, data.a3].map(({ nodes }) => nodes.length)).toEqual([1, 21, 23])
    // The pages, and the locations.
    expect(statements).toBe(2)
    const ids: ReadonlyArray<string> = data.a1.nodes.map(({ id }: { readonly id: string }) => id)
    const holds = `query { ${ids
      .slice(0, 10)
      .map((id, n) => `h${n}: reservation(reservationId: "${id}") { id }`)
      .join(" ")} }`
    const found = await ask(holds, {})
    expect(Object.values(found.data)).toEqual(ids.slice(0, 10).map((id) => ({ id })))
    expect(found.statements).toBe(1)
  })

  it("SKUs with their levels, ledgers and holds, of 2 and of 50", async () => {
    for (const n of [2, 50]) {
      const { data, statements } = await ask(ledgers, { n })
      expect(data.skus.nodes).toHaveLength(n)
      expect(data.skus.nodes[0].movements.nodes).toHaveLength(1)
      // The SKUs, their levels, their ledgers, their holds, whether those without holds are there, and
      // the locations.
      expect(statements).toBe(6)
    }
  })
})
