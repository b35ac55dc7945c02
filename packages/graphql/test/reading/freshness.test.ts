// What a read of a store is told of its request: whether a replica may answer it, and which versions the
// sender has seen.
import { RequestIsCurrent, RequestMinVersions } from "@holdfast/core/caching"
import { MayLag } from "@holdfast/core/engine"
import { Inventory, InventoryLog, MemoryInventory, StockReads } from "@holdfast/core/inventory"
import { webHandler } from "@holdfast/http"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest"
import { graphqlDoor } from "../../src/index.ts"
import { readAnswer } from "../asking.ts"

interface Told {
  readonly skuIds: ReadonlyArray<string>
  readonly mayLag: boolean
  readonly isCurrent: boolean
  readonly versions: ReadonlyArray<readonly [string, number]>
}

const told: Array<Told> = []
const scope = Scope.makeUnsafe()
let handler: (request: Request) => Promise<Response>
let dispose: () => Promise<void>

beforeAll(async () => {
  const stored = Layer.provideMerge(Inventory.layer(), MemoryInventory.layer)
  const context = await Effect.runPromise(Layer.buildWithScope(stored, scope))
  const reads = Context.get(context, StockReads)
  await Effect.runPromise(
    Context.get(context, Inventory).registerSku({
      ...{ skuId: "mug", code: "MUG", name: "Mug", initialStock: 5 }
    })
  )
  const spied = StockReads.of({
    ...reads,
    stock: (skuIds) =>
      Effect.withFiber((fiber) => {
        told.push({
          skuIds,
          mayLag: fiber.getRef(MayLag),
          isCurrent: fiber.getRef(RequestIsCurrent),
          versions: [...fiber.getRef(RequestMinVersions)]
        })
        return reads.stock(skuIds)
      })
  })
  const served = Context.add(
    Context.pick(Inventory, InventoryLog, StockReads)(context),
    StockReads,
    spied
  )
  const made = webHandler(Layer.succeedContext(served) as never, { doors: [graphqlDoor()] })
  handler = made.handler
  dispose = made.dispose
})
afterAll(async () => {
  await dispose()
  await Effect.runPromise(Scope.close(scope, Exit.void))
})
beforeEach(() => {
  told.length = 0
})

const ask = async (query: string, headers: Record<string, string> = {}) =>
  readAnswer(
    await handler(
      new Request("http://shop.example/graphql", {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ query })
      })
    )
  )

const stock = '{ stock(skuId: "mug") { availableQuantity } }'

it("a question may be answered by a replica", async () => {
  expect((await ask(stock)).data).toEqual({ stock: { availableQuantity: 5 } })
  expect(told).toEqual([{ skuIds: ["mug"], mayLag: true, isCurrent: false, versions: [] }])
})

it("what a thing leads to may be, too", async () => {
  await ask('{ sku(skuId: "mug") { stock { availableQuantity } } }')
  const read = { skuIds: ["mug"], mayLag: true, isCurrent: false, versions: [] }
  expect(told).toEqual([read, read])
})

it("a request that wants what there is now is answered by no replica", async () => {
  await ask(stock, { "cache-control": "no-cache" })
  expect(told).toMatchObject([{ isCurrent: true }])
})

it("a request that has seen versions is answered by nothing older", async () => {
  await ask(stock, { "if-min-version": "sku:mug=7" })
  expect(told).toMatchObject([{ versions: [["sku:mug", 7]] }])
})

it("versions that cannot be read are refused, as by REST", async () => {
  const { status, text } = await ask(stock, { "if-min-version": "nonsense" })
  expect([status, text]).toEqual([400, expect.stringContaining("if-min-version")])
  expect(told).toEqual([])
})

it("what is decided by is never read with what may be old, however it is asked for", async () => {
  const check = 'checkAvailability(lines: [{ skuId: "mug", quantity: 1 }]) { __typename }'
  for (const fields of [
    `stock(skuId: "mug") { skuId } ${check}`,
    `${check} stock(skuId: "mug") { skuId }`
  ]) {
    told.length = 0
    const { text } = await ask(`{ ${fields} }`)
    expect(
      told.some(({ mayLag }) => !mayLag),
      text
    ).toBe(true)
  }
})

it("what a change leads to is read where it was written", async () => {
  const { data, text } = await ask(
    'mutation { receive(input: { skuId: "mug", quantity: 1 }) { ... on ReceiveStockDone { answer { levels { sku { stock { availableQuantity } } } } } } }'
  )
  expect(JSON.stringify(data ?? null), text).toContain('"availableQuantity":6')
  expect(told.map(({ isCurrent }) => isCurrent)).toContain(true)
  expect(told.map(({ isCurrent }) => isCurrent)).not.toContain(false)
})
