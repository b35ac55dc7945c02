/**
 * Contract: an order belongs to the person who made its first hold, or to whom a service names. To
 * anybody else with the role USER it is not there.
 */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Principal } from "../../../access/Principal.ts"
import { callerUnder, RequestCaller } from "../../../engine/RequestCaller.ts"
import type { InventoryRefusal } from "../../../inventory/messages/InventoryError.ts"
import { StockReads } from "../../../inventory/ports/StockReads.ts"
import { Inventory } from "../../../inventory/services/Inventory.ts"
import { InventoryQueries } from "../../../inventory/services/InventoryQueries.ts"
import { OrderId } from "../../../kernel/Identifier.ts"
import type { StoreError } from "../../../kernel/StoreError.ts"
import { joined, set } from "../GivenCatalog.ts"
import { unitsOf } from "../reads/looking.ts"
import {
  anotherEngine,
  atOnce,
  type ContractIt,
  freshLocation,
  freshSku,
  Stage,
  upTo
} from "../Stage.ts"

const user = (id: string, ...roles: Principal["roles"]): Principal => ({
  id,
  kind: "USER",
  roles: roles.length === 0 ? ["USER"] : roles
})

const ann = user("ann")
const bob = user("bob")
const boss = user("boss", "MANAGER")
const shop: Principal = {
  id: "shop",
  kind: "SERVICE",
  roles: [],
  scopes: ["reservations:write", "reservations:read"]
}

type Work = Effect.Effect<unknown, InventoryRefusal | StoreError>

/** Does work as somebody. */
const as = (principal: Principal) => Effect.provideService(RequestCaller, callerUnder(principal))

const freshOrder = Effect.map(Stage, ({ fresh }) => OrderId.make(fresh("order")))

/** The questions over the store under test. */
const queries = Effect.map(StockReads, (reads) => InventoryQueries.over(reads))

const reserving = Effect.fnUntraced(function* (
  principal: Principal | undefined,
  orderId: string,
  more: object = {}
) {
  const inventory = yield* Inventory
  const skuId = yield* freshSku(10)
  const reserve = inventory.reserve({ orderId, lines: [{ skuId, quantity: 1 }], ...more })
  return yield* principal === undefined ? reserve : as(principal)(reserve)
})

const isTwice = (answers: ReadonlyArray<unknown>, orderIds: ReadonlyArray<string>) => {
  const [one, other] = answers.map((answer, index) =>
    JSON.stringify(answer).replaceAll(orderIds[index] ?? "", "ORDER")
  )
  expect(one).toBe(other)
}

/** Whose orders are. */
export const owners = (it: ContractIt): void => {
  it.effect("S9 gives an order to the person who made its first hold", () =>
    Effect.gen(function* () {
      const orderId = yield* freshOrder
      const reads = yield* StockReads
      const [hold] = yield* reserving(ann, orderId)
      expect(hold?.ownerId).toBe("ann")
      expect(yield* reads.ownersOf([orderId])).toEqual([{ orderId, ownerId: "ann", isKnown: true }])
      expect((yield* reads.reservationsOfOrder(orderId)).map(({ ownerId }) => ownerId)).toEqual([
        "ann"
      ])
      const refused = yield* Effect.flip(reserving(bob, orderId))
      expect(refused).toEqual({ _tag: "OrderNotFound", orderId })
      yield* reserving(ann, orderId)
      const [byBoss] = yield* reserving(boss, orderId, { ownerId: "bob" })
      expect(byBoss?.ownerId).toBe("ann")
      expect(yield* Effect.flip(reserving(bob, orderId))).toEqual(refused)
    })
  )

  it.effect(
    "S9 leaves the orders of a host and of a service to nobody, unless it names somebody",
    () =>
      Effect.gen(function* () {
        const reads = yield* StockReads
        for (const principal of [undefined, shop]) {
          const orderId = yield* freshOrder
          const [hold] = yield* reserving(principal, orderId)
          expect(hold).not.toHaveProperty("ownerId")
          expect(yield* reads.ownersOf([orderId])).toEqual([
            { orderId, ownerId: null, isKnown: true }
          ])
          expect(yield* Effect.flip(reserving(ann, orderId))).toMatchObject({
            _tag: "OrderNotFound"
          })
          const named = yield* freshOrder
          yield* reserving(principal, named, { ownerId: "ann" })
          yield* reserving(principal, named)
          expect(yield* reads.ownersOf([named])).toEqual([
            { orderId: named, ownerId: "ann", isKnown: true }
          ])
          yield* reserving(ann, named)
          expect(yield* Effect.flip(reserving(bob, named))).toMatchObject({ _tag: "OrderNotFound" })
        }
        const unknown = yield* freshOrder
        expect(yield* reads.ownersOf([unknown, unknown])).toEqual([
          { orderId: unknown, ownerId: null, isKnown: false }
        ])
      })
  )

  it.effect("S9 lets one of many win who make the first hold of an order at one instant", () =>
    Effect.gen(function* () {
      const { engines } = yield* Stage
      const all = [yield* Inventory]
      while (all.length < engines) all.push(yield* anotherEngine())
      for (const _ of upTo(20)) {
        const orderId = yield* freshOrder
        // Their SKUs differ, so that they share the lock of the order and no other.
        const skuIds = yield* Effect.forEach(all, () => freshSku(1))
        const racing = all.map(({ reserve }, index) => {
          const lines = [{ skuId: skuIds[index] ?? "", quantity: 1 }]
          return as(user(`racer-${index}`))(reserve({ orderId, lines }))
        })
        const ends = yield* atOnce(racing)
        const winners = ends.flatMap(({ answer }) => answer ?? [])
        expect(winners).toHaveLength(1)
        const refusals = ends.flatMap(({ refusal }) => refusal ?? [])
        expect(refusals).toEqual(all.slice(1).map(() => ({ _tag: "OrderNotFound", orderId })))
      }
      // Commands of one batch see each other too.
      const orderId = yield* freshOrder
      const inventory = yield* Inventory
      const { callers } = yield* Stage
      const skuIds = yield* Effect.forEach(upTo(callers), () => freshSku(1))
      const ends = yield* atOnce(
        skuIds.map((skuId, index) => {
          const lines = [{ skuId, quantity: 1 }]
          return as(user(`racer-${index % 4}`))(inventory.reserve({ orderId, lines }))
        })
      )
      const owners = ends.flatMap(({ answer }) => answer ?? []).map(({ ownerId }) => ownerId)
      expect(new Set(owners).size).toBe(1)
      expect(owners).toHaveLength(callers / 4)
    })
  )

  it.effect("S9 answers another's order as one that is not there, in every question", () =>
    Effect.gen(function* () {
      const { ask } = yield* queries
      const orderId = yield* freshOrder
      const unknown = yield* freshOrder
      const [hold] = yield* reserving(ann, orderId)
      if (hold === undefined) throw new Error("nothing was held")
      const own = as(ann)(ask("reservationsOfOrder", { orderId }))
      expect((yield* own).items).toHaveLength(1)
      expect(yield* as(ann)(ask("reservation", { reservationId: hold.id }))).toEqual(hold)
      const ids = [orderId, unknown]
      const asked = (question: (id: OrderId) => Effect.Effect<unknown, unknown>) =>
        Effect.forEach(ids, (id) =>
          as(bob)(Effect.match(question(id), { onSuccess: (a) => a, onFailure: (e) => e }))
        )
      isTwice(yield* asked((id) => ask("reservationsOfOrder", { orderId: id })), ids)
      isTwice(yield* asked((id) => ask("order", { orderId: id })), ids)
      const lines = [{ skuId: hold.skuId, quantity: 10 }]
      isTwice(yield* asked((id) => ask("checkAvailability", { lines, orderId: id })), ids)
      expect(yield* Effect.flip(as(bob)(ask("reservation", { reservationId: hold.id })))).toEqual({
        _tag: "ReservationNotFound",
        reservationId: hold.id
      })
      const cart = yield* as(ann)(ask("checkAvailability", { lines, orderId }))
      expect(cart.isAvailable).toBe(true)
    })
  )

  it.effect("S9 answers another's order as one that is not there, in every command", () =>
    joined((catalog) =>
      Effect.gen(function* () {
        const inventory = yield* Inventory
        const { mug, optionId, orderId } = yield* set(catalog)
        const holds = yield* as(ann)(
          inventory.reserve({
            orderId,
            lines: [
              { optionId, quantity: 1 },
              { skuId: mug, quantity: 1 }
            ]
          })
        )
        const plain = holds.at(-1)
        const bundleId = holds[0]?.bundle?.bundleId ?? ""
        const reservationId = plain?.id ?? ""
        const before = yield* unitsOf(mug)
        const refusals: ReadonlyArray<Work> = [
          inventory.release({ reservationId }),
          inventory.resize({ reservationId, quantity: 2 }),
          inventory.extend({ reservationId }),
          inventory.releaseOrder({ orderId }),
          inventory.releaseBundle({ orderId, bundleId }),
          inventory.resizeBundle({ orderId, bundleId, quantity: 2 }),
          inventory.extendBundle({ orderId, bundleId }),
          inventory.cancelOrder({ orderId }),
          inventory.reserve({ orderId, replace: true, lines: [{ skuId: mug, quantity: 1 }] }),
          inventory.placeOrder({ orderId, lines: [{ skuId: mug, quantity: 1 }] })
        ]
        const tags = yield* Effect.forEach(refusals, (work) =>
          Effect.map(Effect.flip(as(bob)(work)), ({ _tag }) => _tag)
        )
        expect(tags).toEqual([
          "ReservationNotFound",
          "ReservationNotFound",
          "ReservationNotFound",
          "OrderNotFound",
          "BundleNotFound",
          "BundleNotFound",
          "BundleNotFound",
          "OrderNotPlaced",
          "OrderNotFound",
          "OrderNotFound"
        ])
        expect(yield* unitsOf(mug)).toEqual(before)
        yield* as(ann)(inventory.resize({ reservationId, quantity: 2 }))
        yield* as(ann)(inventory.extend({ reservationId }))
        yield* as(ann)(inventory.resizeBundle({ orderId, bundleId, quantity: 2 }))
        yield* as(ann)(inventory.extendBundle({ orderId, bundleId }))
        yield* as(ann)(inventory.releaseBundle({ orderId, bundleId }))
        expect(yield* as(ann)(inventory.releaseOrder({ orderId }))).toHaveLength(1)
      })
    )
  )

  it.effect("S9 refuses who may not ask before a kept answer is given, and keeps keys apart", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const orderId = yield* freshOrder
      const skuId = yield* freshSku(10)
      const key = { idempotencyKey: `key of ${orderId}` }
      const reserve = inventory.reserve({ orderId, lines: [{ skuId, quantity: 1 }] }, key)
      const first = yield* as(ann)(reserve)
      expect(yield* as(ann)(reserve)).toEqual(first)
      expect(yield* Effect.flip(as(bob)(reserve))).toEqual({ _tag: "OrderNotFound", orderId })
      expect((yield* as(boss)(reserve))[0]?.id).not.toBe(first[0]?.id)
      const service = { ...shop, id: "ann" }
      expect((yield* as(service)(reserve))[0]?.id).not.toBe(first[0]?.id)
      expect(yield* unitsOf(skuId)).toMatchObject({ reserved: 3 })
      // Who has lost the role since is not given the answer of the time before.
      const demoted: Principal = { ...ann, roles: [] }
      const plain: Principal = { ...boss, roles: ["USER"] }
      expect(yield* Effect.flip(as(plain)(reserve))).toEqual({ _tag: "OrderNotFound", orderId })
      expect(yield* Effect.flip(as(demoted)(reserve))).toMatchObject({ _tag: "Forbidden" })
    })
  )

  it.effect("S9 keeps what is paid for from its buyer, who may give back the rest", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const orderId = yield* freshOrder
      const [hold] = yield* reserving(ann, orderId)
      const reservationId = hold?.id ?? ""
      const forbidden = { _tag: "Forbidden" }
      expect(yield* Effect.flip(as(ann)(inventory.confirm({ reservationId })))).toMatchObject({
        ...forbidden,
        operation: "confirm",
        needs: ["ADMIN", "MANAGER", "reservations:write"]
      })
      yield* as(shop)(inventory.confirm({ reservationId }))
      const resize = inventory.resize({ reservationId, quantity: 5 })
      expect(yield* Effect.flip(as(ann)(resize))).toMatchObject(forbidden)
      const confirmed = inventory.release({ reservationId, confirmed: true })
      expect(yield* Effect.flip(as(ann)(confirmed))).toMatchObject({
        ...forbidden,
        field: "confirmed"
      })
      yield* as(boss)(resize)
      yield* as(boss)(confirmed)
    })
  )

  it.effect("S9 carries the owner to the holds that take the place of others", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const { advance } = yield* Stage
      const orderId = yield* freshOrder
      const skuId = yield* freshSku(5)
      const lines = [{ skuId, quantity: 1 }]
      yield* as(ann)(inventory.reserve({ orderId, ttl: 60, lines }))
      yield* advance("2 minutes")
      const [again] = yield* inventory.confirmOrder({ orderId, reacquire: true })
      expect(again).toMatchObject({ status: "CONFIRMED", ownerId: "ann" })
      const placed = yield* freshOrder
      yield* as(ann)(inventory.placeOrder({ orderId: placed, lines }))
      const { ask } = yield* queries
      expect(yield* as(ann)(ask("order", { orderId: placed }))).toMatchObject({
        ownerId: "ann",
        reservations: [{ ownerId: "ann" }]
      })
      const rejected = yield* freshOrder
      const tooMany = [{ skuId, quantity: 100 }]
      yield* as(ann)(inventory.placeOrder({ orderId: rejected, lines: tooMany }))
      expect(yield* as(ann)(ask("order", { orderId: rejected }))).toMatchObject({
        status: "REJECTED"
      })
      expect(yield* Effect.flip(as(bob)(ask("order", { orderId: rejected })))).toEqual({
        _tag: "OrderNotPlaced",
        orderId: rejected
      })
      expect(
        yield* Effect.flip(as(bob)(inventory.placeOrder({ orderId: rejected, lines })))
      ).toEqual({ _tag: "OrderNotFound", orderId: rejected })
    })
  )

  it.effect("S9 lets a manager who is bound to places change stock there alone", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const here = yield* freshLocation()
      const there = yield* freshLocation()
      const skuId = yield* freshSku(5, { locationId: here })
      const bound: Principal = { ...boss, locationIds: [here] }
      const refused = (locationIds: ReadonlyArray<string>) => ({ _tag: "Forbidden", locationIds })
      yield* as(bound)(inventory.receive({ skuId, locationId: here, quantity: 1 }))
      const elsewhere = inventory.receive({ skuId, locationId: there, quantity: 1 })
      expect(yield* Effect.flip(as(bound)(elsewhere))).toMatchObject(refused([there]))
      // Without a place it is the default one.
      const somewhere = inventory.receive({ skuId, quantity: 1 })
      expect(yield* Effect.flip(as(bound)(somewhere))).toMatchObject({ _tag: "Forbidden" })
      const move = { skuId, fromLocationId: here, toLocationId: there, quantity: 1 }
      expect(yield* Effect.flip(as(bound)(inventory.transfer(move)))).toMatchObject(
        refused([there])
      )
      yield* elsewhere
      yield* inventory.updateLocation({ locationId: here, sellable: false })
      const orderId = yield* freshOrder
      const reserve = inventory.reserve({ orderId, lines: [{ skuId, quantity: 1 }] })
      expect(yield* Effect.flip(as(bound)(reserve))).toMatchObject(refused([there]))
      const [hold] = yield* reserve
      const confirm = inventory.confirm({ reservationId: hold?.id ?? "" })
      expect(yield* Effect.flip(as(bound)(confirm))).toMatchObject(refused([there]))
      expect(yield* unitsOf(skuId)).toMatchObject({ reserved: 1 })
    })
  )

  it.effect("S9 writes down who acts, and refuses another name for them", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const skuId = yield* freshSku(0)
      yield* as(boss)(inventory.receive({ skuId, quantity: 1 }))
      yield* as(boss)(inventory.receive({ skuId, quantity: 1, actor: "boss" }))
      const { receive } = inventory
      const named: ReadonlyArray<Work> = [
        receive({ skuId, quantity: 1, actor: "ann" }),
        receive({ skuId, quantity: 1 }, { actor: "ann" }),
        receive({ skuId, quantity: 1 }, { caller: "ann" }),
        inventory.changeStock({
          lines: [{ type: "RECEIPT", skuId, quantity: 1, actor: "ann" }]
        })
      ]
      const paths = yield* Effect.forEach(named, (work) =>
        Effect.map(Effect.flip(as(boss)(work)), (refusal) =>
          "issues" in refusal ? refusal.issues.map(({ path }) => path) : refusal
        )
      )
      expect(paths).toEqual([["actor"], ["options.actor"], ["options.caller"], ["lines.0.actor"]])
      const rows = yield* reads.movements({ skuId, before: null, limit: 10 })
      expect(rows.map(({ actor }) => actor)).toEqual(["boss", "boss"])
    })
  )
}
