import { CategoryId } from "@holdfast/core/catalog"
import { OrderId, SkuId, StoreError } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Stream from "effect/Stream"
import { afterAll, describe, expect, it } from "vitest"
import { type HoldfastClient, makeClient } from "../../src/index.ts"
import { HandClock, type Listening, listen, memoryEngine, serverForTests } from "../server.ts"

const { clock, port } = serverForTests()

const opened: Array<Listening> = []
afterAll(() => Promise.all(opened.map((server) => server.close())))

const withClient = <A, E>(
  use: (client: HoldfastClient) => Effect.Effect<A, E>,
  at: number = port()
): Promise<A> =>
  Effect.runPromise(
    makeClient({ baseUrl: `http://127.0.0.1:${at}` }).pipe(
      Effect.flatMap(use),
      Effect.provide(FetchHttpClient.layer)
    )
  )

const headers = {}

describe("the typed client", () => {
  it("walks a reservation from its making to its end", () =>
    withClient(
      Effect.fnUntraced(function* (client) {
        const sku = yield* client.skus.register({
          headers,
          payload: { skuId: SkuId.make("client-1"), code: "C-1", name: "Client", initialStock: 5 }
        })
        expect(sku.createdAt.epochMilliseconds).toBe(clock.millis)
        const reservation = yield* client.reservations.reserve({
          headers: { "idempotency-key": "client-key" },
          payload: {
            skuId: sku.id,
            quantity: 2,
            orderId: OrderId.make("an order / with a slash"),
            ttl: 60
          }
        })
        expect(reservation.expiresAt?.epochMilliseconds).toBe(clock.millis + 60_000)
        const params = { reservationId: reservation.id }
        yield* client.reservations.confirm({ headers, params, payload: null })
        const order = yield* client.orders.get({
          params: { orderId: OrderId.make("an order / with a slash") },
          query: {}
        })
        expect(order.reservations.map(({ status }) => status)).toEqual(["CONFIRMED"])
        const held = yield* client.stock.reservations({
          params: { skuId: sku.id },
          query: { status: "open" }
        })
        expect(held.items.map(({ id }) => id)).toEqual([reservation.id])
        const happened = yield* client.operations.events({
          query: { aggregateIds: [sku.id, "x"], types: ["inventory.stock.confirmed"] }
        })
        expect(happened.items).toMatchObject([{ payload: { reservationId: reservation.id } }])
        const stream = yield* client.events.stream({
          headers: {},
          query: { after: 0, aggregateIds: [sku.id], types: ["inventory.stock.confirmed"] }
        })
        const [streamed] = yield* Stream.runCollect(Stream.take(stream, 1))
        expect(streamed).toMatchObject({
          id: `${happened.items[0]?.position}.${happened.items[0]?.eventId}`,
          event: "inventory.stock.confirmed",
          data: { aggregateId: sku.id, payload: { reservationId: reservation.id } }
        })
        yield* client.reservations.fulfil({ headers, params, payload: { quantity: 2 } })
        const stock = yield* client.stock.get({
          params: { skuId: sku.id },
          query: { locations: true },
          headers: {}
        })
        expect(stock).toMatchObject({ totalQuantity: 3, locations: [{ totalQuantity: 3 }] })
        const statuses = yield* client.stock.statuses({
          query: { skuIds: [sku.id, SkuId.make("x")] },
          headers: {}
        })
        expect(statuses.unknownSkuIds).toEqual(["x"])
      })
    ))

  it("fails with the very refusal that the inventory refused with", () =>
    withClient(
      Effect.fnUntraced(function* (client) {
        const skuId = SkuId.make("client-2")
        yield* client.skus.register({
          headers,
          payload: { skuId, code: "C-2", name: "x", initialStock: 1 }
        })
        const reserve = (payload: { skuId: SkuId; quantity: number }) =>
          Effect.flip(
            client.reservations.reserve({
              headers,
              payload: { ...payload, orderId: OrderId.make("o") }
            })
          )
        expect(yield* reserve({ skuId, quantity: 2 })).toEqual({
          _tag: "InsufficientStock",
          lines: [{ line: 0, lineId: null, skuId, locationId: null, requested: 2, available: 1 }]
        })
        expect(yield* reserve({ skuId: SkuId.make("ghost"), quantity: 2 })).toEqual({
          _tag: "SkuNotFound",
          skuIds: ["ghost"]
        })
        const hold = yield* client.reservations.reserve({
          headers,
          payload: { skuId, quantity: 1, orderId: OrderId.make("o") }
        })
        const early = yield* Effect.flip(
          client.reservations.fulfil({
            headers,
            params: { reservationId: hold.id },
            payload: null
          })
        )
        expect(early).toEqual({
          _tag: "ReservationConflict",
          reservationId: hold.id,
          status: "PENDING",
          action: "fulfil"
        })
        const stale = yield* Effect.flip(
          client.stock.count({
            headers,
            params: { skuId },
            payload: { countedQuantity: 4, expectedQuantity: 9 }
          })
        )
        expect(stale).toMatchObject({ _tag: "StaleExpectation", expected: 9, actual: 1 })
      })
    ))

  it("makes and reads a product, and fails with the refusals of the catalog", () =>
    withClient(
      Effect.fnUntraced(function* (client) {
        const made = yield* client.products.create({
          headers,
          payload: {
            ...{ name: "Socks", type: "NORMAL", status: "ACTIVE" },
            options: [
              {
                name: "One size",
                price: { amount: "9.9", currency: "EUR" },
                skuMappings: [{ skuId: SkuId.make("known-4"), quantity: 2 }]
              }
            ]
          }
        })
        const params = { productId: made.id }
        const read = yield* client.products.get({ params, query: {}, headers: {} })
        expect(read).toMatchObject({
          product: { id: made.id, revision: 1 },
          options: [{ price: { amount: "9.90" } }],
          availability: [{ availableQuantity: 2 }]
        })
        const listed = yield* client.products.list({ query: { page: 0, size: 5 } })
        expect(listed).toMatchObject({ items: [{ id: made.id }], page: 0, size: 5, next: null })
        const mappings = yield* client.products.mappings({
          query: { skuIds: [SkuId.make("known-4"), SkuId.make("x")] }
        })
        expect(mappings.mappings).toEqual([
          { productId: made.id, optionId: made.options[0]?.id, skuId: "known-4", quantity: 2 }
        ])
        const stale = yield* Effect.flip(
          client.products.update({
            params,
            headers: { "if-match": 7 },
            payload: { name: "Hat" }
          })
        )
        expect(stale).toMatchObject({ _tag: "StaleExpectation", expected: 7, actual: 1 })
        const category = { categoryId: CategoryId.make("00000000-0000-4000-8000-000000000001") }
        const absent = yield* Effect.flip(
          client.categories.get({ params: category, query: {}, headers: {} })
        )
        expect(absent).toMatchObject({ _tag: "CategoryNotFound", ...{ fields: ["categoryId"] } })
        yield* client.products.discontinue({ params, headers: {}, payload: null })
        const conflict = yield* Effect.flip(
          client.products.deactivate({ params, headers: { "if-match": undefined }, payload: null })
        )
        expect(conflict).toEqual({
          _tag: "ProductConflict",
          productId: made.id,
          status: "DISCONTINUED",
          action: "deactivate"
        })
      })
    ))

  it("fails with the store's own error when the store fails", async () => {
    const transact = () => Effect.fail(new StoreError({ reason: "Busy", message: "locked" }))
    const server = await listen(memoryEngine(new HandClock(), { store: { transact } }))
    opened.push(server)
    const failure = await withClient(
      (client) =>
        Effect.flip(
          client.stock.receive({
            headers,
            params: { skuId: SkuId.make("a") },
            payload: { quantity: 1 }
          })
        ),
      server.port
    )
    expect(failure).toBeInstanceOf(StoreError)
    expect(failure).toMatchObject({ reason: "Busy", isRetryable: true })
  })
})
