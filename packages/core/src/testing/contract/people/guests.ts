/**
 * Contract: a guest owns what they reserve with their cart, as a person does, and a person who has the
 * token of the cart makes an order of it their own, with its holds, open and past.
 */
import { expect } from "@effect/vitest"
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import { cartIdOf, guestOf, newCartToken } from "../../../access/carts.ts"
import { layerDigest } from "../../../access/layerDigest.ts"
import type { Principal } from "../../../access/Principal.ts"
import { callerUnder, RequestCaller } from "../../../engine/RequestCaller.ts"
import type { InventoryRefusal } from "../../../inventory/messages/InventoryError.ts"
import { StockReads } from "../../../inventory/ports/StockReads.ts"
import { Inventory } from "../../../inventory/services/Inventory.ts"
import { InventoryQueries } from "../../../inventory/services/InventoryQueries.ts"
import { OrderId } from "../../../kernel/Identifier.ts"
import type { StoreError } from "../../../kernel/StoreError.ts"
import { unitsOf } from "../reads/looking.ts"
import { anotherEngine, atOnce, type ContractIt, freshSku, Stage, upTo } from "../Stage.ts"

const ann: Principal = { id: "ann", kind: "USER", roles: ["USER"] }
const bob: Principal = { id: "bob", kind: "USER", roles: ["USER"] }
const boss: Principal = { id: "boss", kind: "USER", roles: ["MANAGER"] }
const nobody: Principal = { id: "anonymous", kind: "ANONYMOUS", roles: [] }
const shop: Principal = {
  ...{ id: "shop", kind: "SERVICE", roles: [] },
  scopes: ["reservations:write", "reservations:read"]
}

type Work = Effect.Effect<unknown, InventoryRefusal | StoreError>

/** Does work as somebody. */
const as = (principal: Principal) => Effect.provideService(RequestCaller, callerUnder(principal))

const freshOrder = Effect.map(Stage, ({ fresh }) => OrderId.make(fresh("order")))

const queries = Effect.map(StockReads, (reads) => InventoryQueries.over(reads))

/** A guest and the token of their cart. */
const freshGuest = Effect.suspend(() => {
  const cartToken = newCartToken()
  return Effect.map(
    Effect.flatMap(Digest.Digest, (digest) => cartIdOf(digest, cartToken)),
    (cartId) => ({ cartToken, guest: guestOf(cartId) })
  )
}).pipe(Effect.provide(layerDigest))

/** An order of a guest with one open hold, of a SKU that has ten units. */
const cartOrder = Effect.gen(function* () {
  const inventory = yield* Inventory
  const orderId = yield* freshOrder
  const skuId = yield* freshSku(10)
  const { cartToken, guest } = yield* freshGuest
  const lines = [{ skuId, quantity: 1 }]
  const [hold] = yield* as(guest)(inventory.reserve({ orderId, lines }))
  return { cartToken, guest, orderId, skuId, lines, reservationId: hold?.id ?? "" }
})

const notFound = (orderId: string) => ({ _tag: "OrderNotFound", orderId })

/** What guests may do. */
const holding = (it: ContractIt): void => {
  it.effect("S9 lets a guest hold stock for their own orders, and do nothing else", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const { ask } = yield* queries
      const { guest, lines, orderId, reservationId, skuId } = yield* cartOrder
      const [again] = yield* as(guest)(inventory.reserve({ orderId, lines }))
      expect(again?.ownerId).toBe(guest.id)
      yield* as(guest)(inventory.resize({ reservationId, quantity: 2 }))
      yield* as(guest)(inventory.extend({ reservationId }))
      yield* as(guest)(inventory.release({ reservationId }))
      expect((yield* as(guest)(ask("reservationsOfOrder", { orderId }))).items).toHaveLength(2)
      const { _tag } = yield* Effect.flip(as(guest)(inventory.confirmOrder({ orderId })))
      expect(_tag).toBe("Unauthenticated")
      const others: ReadonlyArray<Work> = [
        inventory.receive({ skuId, quantity: 1 }),
        ask("stock", { skuId }),
        ask("stockStatus", { skuIds: [skuId] }),
        ask("events", {})
      ]
      for (const work of others) {
        expect(yield* Effect.flip(as(guest)(work))).toMatchObject({ _tag: "Unauthenticated" })
      }
      const named = inventory.reserve({ orderId: yield* freshOrder, lines, ownerId: "ann" })
      expect(yield* Effect.flip(as(guest)(named))).toMatchObject({
        ...{ _tag: "Forbidden", field: "ownerId" }
      })
      expect(yield* unitsOf(skuId)).toMatchObject({ reserved: 1 })
    })
  )

  it.effect("S9 shows a guest no order of another guest, of a person or of nobody", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const { ask } = yield* queries
      const { guest, lines, orderId, reservationId } = yield* cartOrder
      const { guest: other } = yield* freshGuest
      const ofAnn = yield* freshOrder
      yield* as(ann)(inventory.reserve({ orderId: ofAnn, lines }))
      const ofNobody = yield* freshOrder
      yield* inventory.reserve({ orderId: ofNobody, lines })
      for (const [asker, id] of [
        [other, orderId],
        [bob, orderId],
        [guest, ofAnn],
        [guest, ofNobody]
      ] as const) {
        const refused: ReadonlyArray<Work> = [
          ask("reservationsOfOrder", { orderId: id }),
          inventory.releaseOrder({ orderId: id }),
          inventory.reserve({ orderId: id, lines })
        ]
        for (const work of refused) {
          expect(yield* Effect.flip(as(asker)(work))).toEqual(notFound(id))
        }
      }
      const release = inventory.release({ reservationId })
      expect(yield* Effect.flip(as(other)(release))).toMatchObject({ _tag: "ReservationNotFound" })
    })
  )

  it.effect("S9 keeps the keys of guests apart, and takes none of who has no cart", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const { guest, lines, skuId } = yield* cartOrder
      const { guest: other } = yield* freshGuest
      const key = { idempotencyKey: `key of ${skuId}` }
      const reserved = (principal: Principal, orderId: OrderId) =>
        as(principal)(inventory.reserve({ orderId, lines }, key))
      const orderId = yield* freshOrder
      const first = yield* reserved(guest, orderId)
      expect(yield* reserved(guest, orderId)).toEqual(first)
      const ofOther = yield* reserved(other, yield* freshOrder)
      expect(ofOther[0]?.id).not.toBe(first[0]?.id)
      // A person of the same id is somebody else, and no principal that can be read.
      expect(yield* unitsOf(skuId)).toMatchObject({ reserved: 3 })
      expect(yield* Effect.flip(reserved(nobody, yield* freshOrder))).toMatchObject({
        _tag: "Unauthenticated"
      })
      expect(yield* unitsOf(skuId)).toMatchObject({ reserved: 3 })
    })
  )

  it.effect("S9 lets one of many guests win who make the first hold of an order", () =>
    Effect.gen(function* () {
      const { engines } = yield* Stage
      const all = [yield* Inventory]
      while (all.length < engines) all.push(yield* anotherEngine())
      for (const _ of upTo(10)) {
        const orderId = yield* freshOrder
        const racing = yield* Effect.forEach(
          all,
          Effect.fnUntraced(function* ({ reserve }) {
            const lines = [{ skuId: yield* freshSku(1), quantity: 1 }]
            return as((yield* freshGuest).guest)(reserve({ orderId, lines }))
          })
        )
        const ends = yield* atOnce(racing)
        expect(ends.flatMap(({ answer }) => answer ?? [])).toHaveLength(1)
      }
    })
  )
}

/** How the order of a guest becomes that of a person. */
const claiming = (it: ContractIt): void => {
  it.effect("S9 makes the order of a cart that of the person who claims it, with every hold", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const { ask } = yield* queries
      const { cartToken, guest, lines, orderId, reservationId } = yield* cartOrder
      // Two past holds, of which a decision about the whole order loads the newest alone.
      yield* as(guest)(inventory.release({ reservationId }))
      const [second] = yield* as(guest)(inventory.reserve({ orderId, lines }))
      yield* as(guest)(inventory.release({ reservationId: second?.id ?? "" }))
      yield* as(guest)(inventory.reserve({ orderId, lines }))
      const claimed = yield* as(ann)(inventory.claimOrder({ orderId, cartToken }))
      expect(claimed.map(({ ownerId, status }) => [ownerId, status])).toEqual([["ann", "PENDING"]])
      const { items } = yield* as(ann)(ask("reservationsOfOrder", { orderId }))
      expect(items.map(({ ownerId }) => ownerId)).toEqual(["ann", "ann", "ann"])
      expect(yield* reads.ownersOf([orderId])).toEqual([{ orderId, ownerId: "ann", isKnown: true }])
      expect(yield* Effect.flip(as(guest)(ask("reservationsOfOrder", { orderId })))).toEqual(
        notFound(orderId)
      )
      expect(yield* Effect.flip(as(guest)(inventory.reserve({ orderId, lines })))).toEqual(
        notFound(orderId)
      )
      const [more] = yield* as(ann)(inventory.reserve({ orderId, lines }))
      expect(more?.ownerId).toBe("ann")
    })
  )

  it.effect("S9 claims a placed order too, also one that was rejected", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const { ask } = yield* queries
      const { cartToken, guest } = yield* freshGuest
      const skuId = yield* freshSku(1)
      for (const quantity of [1, 2]) {
        const orderId = yield* freshOrder
        const lines = [{ skuId, quantity }]
        yield* as(guest)(inventory.placeOrder({ orderId, lines }))
        const before = yield* as(guest)(ask("order", { orderId }))
        yield* as(ann)(inventory.claimOrder({ orderId, cartToken }))
        const after = yield* as(ann)(ask("order", { orderId }))
        expect(after).toMatchObject({ ownerId: "ann", version: before.version })
        expect(yield* Effect.flip(as(guest)(ask("order", { orderId })))).toMatchObject({
          _tag: "OrderNotPlaced"
        })
        yield* as(ann)(inventory.cancelOrder({ orderId }))
      }
    })
  )

  it.effect("S9 answers a claim by the same person again, and nobody else's", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const { cartToken, orderId } = yield* cartOrder
      const other = newCartToken()
      const claim = (principal: Principal, token: string, id = orderId) =>
        as(principal)(inventory.claimOrder({ orderId: id, cartToken: token }))
      expect(yield* Effect.flip(claim(ann, other))).toEqual(notFound(orderId))
      const unknown = yield* freshOrder
      expect(yield* Effect.flip(claim(ann, cartToken, unknown))).toEqual(notFound(unknown))
      const first = yield* claim(ann, cartToken)
      expect(yield* claim(ann, cartToken)).toEqual(first)
      expect(yield* Effect.flip(claim(bob, cartToken))).toEqual(notFound(orderId))
      expect(yield* Effect.flip(claim(boss, cartToken))).toEqual(notFound(orderId))
      const named = as(ann)(inventory.claimOrder({ orderId, cartToken, ownerId: "bob" }))
      expect(yield* Effect.flip(named)).toMatchObject({ _tag: "Forbidden", field: "ownerId" })
    })
  )

  it.effect("S9 asks for a person who claims, and refuses services, guests and nobody", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const { cartToken, guest, orderId } = yield* cartOrder
      const claim = inventory.claimOrder({ orderId, cartToken })
      expect(yield* Effect.flip(as(shop)(claim))).toMatchObject({ _tag: "Forbidden" })
      for (const principal of [guest, nobody]) {
        expect(yield* Effect.flip(as(principal)(claim))).toMatchObject({ _tag: "Unauthenticated" })
      }
      const issueOf = (work: typeof claim) =>
        Effect.map(Effect.flip(work), (refusal) =>
          "issues" in refusal ? refusal.issues.map(({ path }) => path) : refusal
        )
      expect(yield* Effect.flip(claim)).toMatchObject({ _tag: "Unauthenticated" })
      const toCart = inventory.claimOrder({ orderId, cartToken, ownerId: guest.id })
      expect(yield* issueOf(toCart)).toEqual(["ownerId"])
      const noToken = inventory.claimOrder({ orderId, cartToken: "hfc_short", ownerId: "ann" })
      expect(yield* issueOf(noToken)).toEqual(["cartToken"])
      const [hold] = yield* inventory.claimOrder({ orderId, cartToken, ownerId: "ann" })
      expect(hold?.ownerId).toBe("ann")
    })
  )

  it.effect("S9 lets one of many persons win who claim an order at one instant, in one event", () =>
    Effect.gen(function* () {
      const { engines } = yield* Stage
      const reads = yield* StockReads
      const all = [yield* Inventory]
      while (all.length < engines) all.push(yield* anotherEngine())
      for (const _ of upTo(10)) {
        const { cartToken, guest, lines, orderId } = yield* cartOrder
        const claims = all.map(({ claimOrder }, index) => {
          const id = `claimant-${index}`
          return as({ ...ann, id })(claimOrder({ orderId, cartToken }))
        })
        // The guest goes on meanwhile: a hold is theirs before the claim, and refused after it.
        const adding = as(guest)((all[0] as Inventory["Service"]).reserve({ orderId, lines }))
        const ends = yield* atOnce([...claims, adding])
        const won = ends.slice(0, -1).flatMap(({ answer }, index) => (answer ? [index] : []))
        expect(won).toHaveLength(1)
        const events = yield* reads.events(0, 100, { orderId })
        const made = events.filter(({ event }) => event.eventType === "ordering.claim.made")
        expect(made.map(({ event }) => event)).toMatchObject([
          {
            ...{ aggregateType: "CLAIM", aggregateId: orderId, version: 1 },
            payload: { orderId, cartId: guest.id, ownerId: `claimant-${won[0]}` }
          }
        ])
        expect(JSON.stringify(events)).not.toContain(cartToken)
        const holds = yield* reads.reservationsOfOrder(orderId)
        expect(new Set(holds.map(({ ownerId }) => ownerId))).toEqual(
          new Set([`claimant-${won[0]}`])
        )
      }
    })
  )

  it.effect("S9 lets one claim win of those that are decided in one batch", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const reads = yield* StockReads
      for (const _ of upTo(10)) {
        const { cartToken, orderId } = yield* cartOrder
        // The first goes alone and is refused, and the others wait for it together.
        const tokens = [newCartToken(), cartToken, cartToken, cartToken]
        const claims = tokens.map((token, index) =>
          as({ ...ann, id: `claimant-${index}` })(
            inventory.claimOrder({ orderId, cartToken: token })
          )
        )
        const ends = yield* atOnce(claims)
        expect(ends.filter(({ answer }) => answer !== undefined)).toHaveLength(1)
        const types = ["ordering.claim.made"] as const
        expect(yield* reads.events(0, 10, { orderId, types })).toHaveLength(1)
      }
    })
  )

  it.effect("S9 decides a claim with what came before it in its batch", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const { ask } = yield* queries
      for (const _ of upTo(10)) {
        const orderId = yield* freshOrder
        const { cartToken, guest } = yield* freshGuest
        const skuId = yield* freshSku(5)
        const lines = [{ skuId, quantity: 1 }]
        const placing = as(guest)(inventory.placeOrder({ orderId, lines }))
        const claim = as(ann)(inventory.claimOrder({ orderId, cartToken }))
        const after = as(guest)(inventory.cancelOrder({ orderId }))
        const works: ReadonlyArray<Work> = [placing, claim, after]
        const ends = yield* atOnce(works)
        const [owner] = yield* reads.ownersOf([orderId])
        const wasClaimed = ends[1]?.answer !== undefined
        expect(owner?.ownerId).toBe(wasClaimed ? "ann" : guest.id)
        const order = yield* ask("order", { orderId })
        expect(order.ownerId).toBe(owner?.ownerId)
      }
    })
  )
}

/** What a claim leaves when services add to an order meanwhile. */
const claimingBesideServices = (it: ContractIt): void => {
  it.effect("S9 says nothing of an owner on what a service adds, whatever shares its batch", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      for (const _ of upTo(10)) {
        const { guest, lines, orderId, reservationId } = yield* cartOrder
        // The first is a batch of its own, and the others wait for it together.
        const works: ReadonlyArray<Work> = [
          as(shop)(inventory.reserve({ orderId: yield* freshOrder, lines })),
          as(guest)(inventory.extend({ reservationId, ttl: 60 })),
          as(shop)(inventory.reserve({ orderId, lines }))
        ]
        const ends = yield* atOnce(works)
        expect(ends.map(({ answer }) => answer !== undefined)).toEqual([true, true, true])
        expect(ends[2]?.answer).toMatchObject([{ orderId, status: "PENDING" }])
        expect(ends[2]?.answer).not.toHaveProperty(["0", "ownerId"])
      }
    })
  )

  it.effect("S9 leaves a claimed order no hold of its cart, also when a host names the cart", () =>
    Effect.gen(function* () {
      const { engines } = yield* Stage
      const reads = yield* StockReads
      const inventory = yield* Inventory
      const other = engines > 1 ? yield* anotherEngine() : inventory
      for (const _ of upTo(20)) {
        const { cartToken, guest, orderId } = yield* cartOrder
        const lines = [{ skuId: yield* freshSku(10), quantity: 1 }]
        const ends = yield* atOnce([
          as(ann)(inventory.claimOrder({ orderId, cartToken })),
          other.reserve({ orderId, lines, ownerId: guest.id }),
          inventory.reserve({ orderId, lines, ownerId: guest.id })
        ])
        expect(ends.map(({ answer }) => answer !== undefined)).toEqual([true, true, true])
        const holds = yield* reads.reservationsOfOrder(orderId)
        expect(holds.map(({ ownerId }) => ownerId)).toEqual(["ann", "ann", "ann"])
      }
    })
  )
}

/** What guests may do, and how what is theirs becomes a person's. */
export const guests = (it: ContractIt): void => {
  holding(it)
  claiming(it)
  claimingBesideServices(it)
}
