/** A catalog's questions to an inventory behind a server, which comes and goes. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { StockStatus } from "@holdfast/core/catalog"
import { PositionGone } from "@holdfast/core/events"
import { OptionId, SkuId } from "@holdfast/core/inventory"
import { FollowedInventory } from "@holdfast/core/shelf"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { afterAll, describe, expect, it } from "vitest"
import { layerRemoteInventory, type RemoteOptions } from "../../src/index.ts"
import { uuid } from "../catalog/shop.ts"
import { listen, memoryEngine, serverForTests } from "../server.ts"

const { clock, port, post, sku } = serverForTests()

const asking = <A, E>(
  ask: Effect.Effect<A, E, StockStatus | FollowedInventory>,
  options: Partial<RemoteOptions> = {}
): Promise<A> =>
  Effect.runPromise(
    Effect.provide(
      ask,
      layerRemoteInventory({ baseUrl: `http://127.0.0.1:${port()}`, ...options }).pipe(
        Layer.provide(FetchHttpClient.layer),
        Layer.provideMerge(Logger.layer([]))
      )
    )
  )

const stockOf = (...skuIds: ReadonlyArray<string>) =>
  Effect.flatMap(StockStatus, (stock) => stock.stockOf(skuIds.map((id) => SkuId.make(id))))

/** Servers that answer as a test says, and count what they are asked. */
const opened: Array<() => void> = []
afterAll(() => {
  for (const close of opened) close()
})
const answeringWith = async (status: number | "never" | "half") => {
  const said = { status, asked: 0 }
  const server = createServer((_, response) => {
    said.asked += 1
    if (said.status === "never") return
    if (said.status === "half") {
      response.writeHead(200, { "content-type": "application/json" }).write('{ "items": [')
      return
    }
    response.writeHead(said.status, { "content-type": "application/json" })
    response.end(JSON.stringify({ items: [], unknownSkuIds: [], optionIds: [] }))
  })
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve))
  opened.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port: at } = server.address() as AddressInfo
  return { said, baseUrl: `http://127.0.0.1:${at}` }
}

describe("the stock of an inventory behind a server", () => {
  it("is known with the version of the SKU, or missing, for many SKUs at once", async () => {
    const skuId = await sku(7, { safetyStock: 2 })
    await post("/api/inventory/reservations", { skuId, quantity: 1, orderId: "remote" })
    const others = Array.from({ length: 1_200 }, (_, n) => `nothing-${n}`)
    const answers = await asking(stockOf(skuId, ...others))
    expect(answers).toHaveLength(1_201)
    expect(answers[0]).toEqual({
      ...{ _tag: "Known", skuId, version: 4 },
      ...{ availableQuantity: 4, inStockQuantity: 4 }
    })
    expect(new Set(answers.slice(1).map(({ _tag }) => _tag))).toEqual(new Set(["Missing"]))
  })

  it("is unknown when nobody listens there", async () => {
    const server = await listen(memoryEngine(clock))
    await server.close()
    const baseUrl = `http://127.0.0.1:${server.port}`
    expect(await asking(stockOf("a"), { baseUrl })).toEqual([{ _tag: "Unknown", skuId: "a" }])
  })

  it("is unknown when the answer takes too long, after the tries that are allowed", async () => {
    const { baseUrl, said } = await answeringWith("never")
    const options = { baseUrl, tryMillisMax: 30, retriesMax: 2 }
    expect(await asking(stockOf("a"), options)).toEqual([{ _tag: "Unknown", skuId: "a" }])
    expect(said.asked).toBe(3)
  })

  it("is unknown when an answer stops on its way", async () => {
    const { baseUrl } = await answeringWith("half")
    const options = { baseUrl, answerMillisMax: 30 }
    expect(await asking(stockOf("a"), options)).toEqual([{ _tag: "Unknown", skuId: "a" }])
  })

  it("is not asked for while the breaker is open, and asked for again once it may be", async () => {
    // Stock that takes long is unknown before its call has failed; which options are held is not.
    const held = Effect.flatMap(StockStatus, (stock) => stock.heldOptions([OptionId.make(uuid(1))]))
    for (const status of [500, "half"] as const) {
      const { baseUrl, said } = await answeringWith(status)
      await asking(
        Effect.gen(function* () {
          for (let n = 0; n < 9; n++) yield* Effect.flip(held)
          expect(said.asked).toBe(3)
          expect((yield* Effect.flip(held)).message).toBe(
            "the inventory does not answer: it failed several times in a row, " +
              "and is not asked for some seconds"
          )
        }),
        { baseUrl, answerMillisMax: 30, failuresMax: 3, openMillis: 3_600_000 }
      )
    }
    const { baseUrl, said } = await answeringWith(500)
    await asking(
      Effect.gen(function* () {
        for (let n = 0; n < 3; n++) yield* Effect.flip(held)
        said.status = 200
        // The time for which it is open is none: the next call finds out how things are.
        expect(yield* held).toEqual([])
        expect(said.asked).toBe(4)
      }),
      { baseUrl, failuresMax: 3, openMillis: 0 }
    )
  })
})

it("is asked which options have open holds, many at once", async () => {
  const optionIds = Array.from({ length: 1_001 }, (_, n) => OptionId.make(uuid(n)))
  const held = await asking(Effect.flatMap(StockStatus, (stock) => stock.heldOptions(optionIds)))
  expect(held).toEqual([])
  const server = await answeringWith(500)
  const failed = Effect.flatMap(StockStatus, (stock) => Effect.flip(stock.heldOptions(optionIds)))
  const { baseUrl } = server
  expect(await asking(failed, { baseUrl })).toMatchObject({ reason: "Unavailable" })
})

describe("the log of an inventory behind a server", () => {
  it("has the events as they are kept, by pages, and its end", async () => {
    const skuId = await sku(1)
    await asking(
      Effect.gen(function* () {
        const log = yield* FollowedInventory
        const head = yield* log.head
        const events = yield* log.read(0, 5_000)
        expect(events.at(-1)).toMatchObject({
          position: head,
          aggregateId: skuId,
          aggregateType: "SKU",
          eventType: "inventory.stock.replenished"
        })
        expect(JSON.parse(events.at(-1)?.payloadJson ?? "")).toMatchObject({ skuId })
        expect(yield* log.read(head, 10)).toEqual([])
        expect(yield* log.read(head + 7, 10)).toEqual([])
        expect(yield* log.read(head - 1, 1)).toEqual(events.slice(-1))
        expect(log.cursors).toBeUndefined()
      })
    )
  })

  it("says how far events were dropped, and fails while the server is away", async () => {
    const gone = await listen(
      memoryEngine(clock, {
        reads: { events: (after) => Effect.fail(new PositionGone({ after, horizon: 70 })) }
      })
    )
    opened.push(() => void gone.close())
    const baseUrl = `http://127.0.0.1:${gone.port}`
    const read = Effect.flatMap(FollowedInventory, (log) => Effect.flip(log.read(5, 10)))
    expect(await asking(read, { baseUrl })).toEqual(new PositionGone({ after: 5, horizon: 70 }))
    const away = await answeringWith(500)
    expect(await asking(read, { baseUrl: away.baseUrl })).toMatchObject({
      ...{ _tag: "StoreError", reason: "Unavailable", isRetryable: true },
      message: expect.stringContaining("the inventory does not answer")
    })
  })
})
