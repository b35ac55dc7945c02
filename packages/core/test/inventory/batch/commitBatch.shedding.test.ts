/** One transaction, and what it sheds: which requests leave or stay, and how each ended. */

import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as TestClock from "effect/testing/TestClock"
import type { Remainder } from "../../../src/engine/BatchStore.ts"
import { Contended } from "../../../src/engine/BatchStore.ts"
import { type Awaited, commitOver, type RequestEnd } from "../../../src/engine/commitBatch.ts"
import type { StockRequest } from "../../../src/inventory/batch/batchScope.ts"
import {
  type InventoryTypes,
  inventoryDomain
} from "../../../src/inventory/batch/inventoryDomain.ts"
import type { SkuCommand } from "../../../src/inventory/messages/SkuCommand.ts"
import { noFigures } from "../../../src/inventory/ports/StockFigures.ts"
import {
  type LockedStock,
  type Obstacle,
  type StockLocking,
  type StockScope,
  StockStore
} from "../../../src/inventory/ports/StockStore.ts"
import { defaultLocationId } from "../../../src/inventory/state/Location.ts"
import { commandIdFrom, OrderId, ReservationId, SkuId } from "../../../src/kernel/Identifier.ts"
import type { Receipt } from "../../../src/kernel/Receipt.ts"
import { StoreError } from "../../../src/kernel/StoreError.ts"
import { MemoryTables } from "../../../src/memory/inventory/MemoryTables.ts"
import { beginning } from "../../../src/testing/given.ts"
import {
  change,
  confirm,
  confirmOrder,
  expire,
  line,
  receive,
  register,
  reserve
} from "../decide/words.ts"

const noCustomers = {
  read: () => Effect.succeed(undefined),
  erase: () => Effect.succeed(false)
}

const nothingLocked: LockedStock = {
  skuIds: new Set(),
  skuCodes: new Map(),
  reservations: new Map(),
  orders: new Map(),
  locations: false,
  isBrief: () => false
}

const busy = new StoreError({ reason: "Busy", message: "busy" })

/**
 * A store that fails, or over tables in which others hold locks. It records the scopes that it
 * gets.
 */
const storeWith = ({
  failure,
  locked = nothingLocked,
  receipts = []
}: {
  readonly locked?: LockedStock
  readonly failure?: StoreError | Contended
  readonly receipts?: ReadonlyArray<Receipt>
}) => {
  const tables = new MemoryTables()
  const scopes: Array<StockScope> = []
  const lockings: Array<StockLocking | undefined> = []
  const remainders: Array<Remainder<StockScope>> = []
  let ids = 0
  const nextId = () => {
    ids += 1
    return commandIdFrom(beginning.epochMilliseconds, new Uint8Array([0, 0, 0, 0, 0, 0, 0, ids]))
  }
  const commit = commitOver(
    inventoryDomain,
    StockStore.of({
      lanes: 1,
      customers: noCustomers,
      figures: noFigures,
      transact: (scope, decide, locking) =>
        Effect.suspend(() => {
          lockings.push(locking)
          const remainder =
            locked === nothingLocked || locking === undefined
              ? { scope, metEngines: false }
              : locking.shed(locked)
          remainders.push(remainder)
          const left = remainder.scope
          scopes.push(left)
          if (failure !== undefined) return Effect.fail(failure)
          const loaded = tables.load(left, beginning)
          const { answer, changes } = decide({ ...loaded, receipts })
          tables.apply(changes, beginning)
          return Effect.succeed(answer)
        })
    }),
    nextId
  )
  const request = (command: SkuCommand, key?: string): StockRequest => ({
    command,
    origin: { commandId: nextId(), correlationId: null, traceparent: null, actor: null },
    key: key === undefined ? null : { caller: "", key, fingerprint: "f" }
  })
  return { commit, request, scopes, lockings, remainders, tables }
}

const tagsOf = (ends: ReadonlyArray<RequestEnd<InventoryTypes>>) => ends.map((end) => end._tag)

const waitingFor = (name: string, obstacle: Awaited<Obstacle>["obstacle"]) => ({
  _tag: "Waits",
  obstacle: { name, obstacle }
})

const tea = { _tag: "Sku", skuId: SkuId.make("tea") } as const
const cup = { _tag: "Sku", skuId: SkuId.make("cup") } as const
const yours = { _tag: "Order", orderId: OrderId.make("yours") } as const

describe("a batch that wants something that others hold", () => {
  const hold = ReservationId.make("01a00000-0000-7000-8000-000000008000")
  const locked: LockedStock = {
    skuIds: new Set([tea.skuId]),
    skuCodes: new Map(),
    reservations: new Map([[hold, tea.skuId]]),
    orders: new Map<OrderId, Obstacle>([
      [OrderId.make("mine"), tea],
      [yours.orderId, yours]
    ]),
    locations: true,
    isBrief: () => false
  }

  it.effect(
    "B7 commits the rest under its own id, and answers what each other command waits for",
    () =>
      Effect.gen(function* () {
        const { commit, request, scopes, tables } = storeWith({ locked })
        const ends = yield* commit(
          [
            request(register("cup", 1)),
            request(receive("tea", 1)),
            request(reserve("order", line("cup", 1), line("tea", 1))),
            request(confirm({ id: hold })),
            request(confirmOrder("mine")),
            request(confirmOrder("yours")),
            request(change("default", { name: "Elsewhere" })),
            request(receive("cup", 1))
          ],
          undefined
        )
        expect(ends.slice(1, 7)).toEqual([
          waitingFor("sku tea", tea),
          waitingFor("sku tea", tea),
          waitingFor("sku tea", tea),
          waitingFor("sku tea", tea),
          waitingFor("order yours", yours),
          waitingFor("locations", { _tag: "Locations" })
        ])
        expect([ends[0], ends[7]].map((end) => end?._tag)).toEqual(["Ended", "Ended"])
        expect(scopes).toMatchObject([{ skuIds: ["cup"], orderIds: [], reservationIds: [] }])
        expect(tables.levels.get(cup.skuId)?.get(defaultLocationId)?.totalQuantity).toBe(2)
      })
  )

  it.effect("B7 sheds with a waiting command those of its order and of its key", () =>
    Effect.gen(function* () {
      const { commit, request } = storeWith({ locked })
      const ends = yield* commit(
        [
          request(register("cup", 9)),
          request(reserve("a", line("cup", 1))),
          request(reserve("a", line("tea", 1)), "k"),
          request(reserve("a", line("cup", 1))),
          request(receive("cup", 1), "k"),
          request(receive("cup", 1), "another")
        ],
        undefined
      )
      expect(tagsOf(ends)).toEqual(["Ended", "Ended", "Waits", "Waits", "Waits", "Ended"])
    })
  )

  it.effect("B7 sends requests again at once that want what a batch of an engine holds", () =>
    Effect.gen(function* () {
      const isBrief = ({ _tag }: { readonly _tag: string }) => _tag === "Sku"
      const { commit, request } = storeWith({ locked: { ...locked, isBrief } })
      const [tea, yours, cup] = [receive("tea", 1), confirmOrder("yours"), register("cup")].map(
        (command) => request(command)
      )
      if (tea === undefined || yours === undefined || cup === undefined) throw new Error("none")
      const ends = yield* commit([tea, yours, cup], undefined)
      expect(ends[0]).toEqual({ _tag: "Again", request: { ...tea, madeWay: 1 } })
      expect(ends.slice(1).map((end) => end._tag)).toEqual(["Waits", "Ended"])
    })
  )

  it.effect("B7 waits for what seems an engine's when two more tries find it locked still", () =>
    Effect.gen(function* () {
      const { commit, remainders, request } = storeWith({
        locked: { ...locked, isBrief: () => true }
      })
      const first = request(receive("tea", 1))
      let end: RequestEnd<InventoryTypes> | undefined = { _tag: "Again", request: first }
      const tags: Array<string | undefined> = []
      while (end?._tag === "Again" && tags.length < 4) {
        const ends: ReadonlyArray<RequestEnd<InventoryTypes>> = yield* commit(
          [end.request],
          undefined
        )
        end = ends[0]
        tags.push(end?._tag)
      }
      expect(tags).toEqual(["Again", "Again", "Waits"])
      expect(remainders.map(({ metEngines }) => metEngines)).toEqual([true, true, false])
      expect(end).toEqual(waitingFor("sku tea", tea))
      // Who has waited for one thing tries twice more for the others.
      const awaited = { name: "sku cup", obstacle: cup }
      expect(yield* commit([{ ...first, madeWay: 2 }], awaited)).toEqual([
        { _tag: "Again", request: { ...first, madeWay: 1 } }
      ])
    })
  )

  it.effect("B7 counts no try for who only goes with one who makes way", () =>
    Effect.gen(function* () {
      const { commit, request } = storeWith({ locked: { ...locked, isBrief: () => true } })
      const [first, follower] = [
        request(reserve("a", line("tea", 1))),
        request(reserve("a", line("cup", 1)))
      ]
      expect(yield* commit([first, follower], undefined)).toEqual([
        { _tag: "Again", request: { ...first, madeWay: 1 } },
        { _tag: "Again", request: follower }
      ])
    })
  )

  it.effect("B7 keeps nobody behind a sweep that waits for it", () =>
    Effect.gen(function* () {
      const free = "01a00000-0000-7000-8000-000000008001"
      const { commit, request } = storeWith({ locked })
      const ends = yield* commit(
        [request(expire({ id: hold }, { id: free })), request(confirm({ id: free }))],
        undefined
      )
      expect(tagsOf(ends)).toEqual(["Waits", "Ended"])
    })
  )

  it.effect("B7 waits until the time of one is up, and goes on for whose time is not", () =>
    Effect.gen(function* () {
      const { commit, lockings, request } = storeWith({ failure: busy })
      const awaited = { name: "sku tea", obstacle: tea }
      const batch = [request(receive("tea", 1)), request(receive("tea", 2))]
      const inTime = yield* commit(batch, awaited, 1_000)
      expect(lockings[0]).toMatchObject({ untilMillis: 1_000 })
      expect(inTime).toEqual(batch.map(() => ({ _tag: "Ended", exit: Exit.fail(busy) })))
      yield* TestClock.adjust(1_001)
      expect(yield* commit(batch, awaited, 1_000)).toEqual(
        batch.map(() => waitingFor("sku tea", awaited.obstacle))
      )
    })
  )

  it.effect("B7 waits for its obstacle", () =>
    Effect.gen(function* () {
      const { commit, lockings, request } = storeWith({})
      yield* commit([request(register("tea"))], { name: "sku tea", obstacle: tea })
      expect(lockings).toMatchObject([{ waitFor: tea }])
    })
  )

  it.effect("B7 keeps requests that have left when the rest fails", () =>
    Effect.gen(function* () {
      const failure = new StoreError({ reason: "OutcomeUnknown", message: "lost" })
      const { commit, request } = storeWith({ failure, locked })
      const [cup, tea, pot] = yield* commit(
        ["cup", "tea", "pot"].map((skuId) => request(register(skuId))),
        undefined
      )
      expect([cup, pot]).toEqual([1, 2].map(() => ({ _tag: "Ended", exit: Exit.fail(failure) })))
      expect(tea?._tag).toBe("Waits")
    })
  )
})

describe("a conflict that keeps coming back", () => {
  it.effect("B2 takes a batch apart, and one alone waits for every lock", () =>
    Effect.gen(function* () {
      const { commit, lockings, request } = storeWith({ failure: new Contended(busy) })
      const two = [request(register("tea")), request(register("cup"))]
      expect(tagsOf(yield* commit(two, undefined))).toEqual(["Apart", "Apart"])
      const [end] = yield* commit(two.slice(0, 1), undefined)
      if (end?._tag !== "Waits") throw new Error("it should wait")
      expect(end.obstacle.obstacle).toBe("every lock")
      yield* commit(two.slice(0, 1), end.obstacle)
      expect(lockings.map((locking) => locking === undefined)).toEqual([false, false, true])
    })
  )
})

describe("a kept answer that cannot be read", () => {
  it.effect("B3 fails for its own caller alone, and is no defect", () =>
    Effect.gen(function* () {
      const receipts = [
        { caller: "", key: "old", fingerprint: "f", answer: '{"total":1}', answerVersion: 0 },
        { caller: "", key: "torn", fingerprint: "f", answer: '{"tot', answerVersion: 1 }
      ]
      const { commit, request } = storeWith({ receipts })
      const [first, old, torn, last] = yield* commit(
        [
          request(register("tea", 1)),
          request(receive("tea", 1), "old"),
          request(receive("tea", 1), "torn"),
          request(receive("tea", 1))
        ],
        undefined
      )
      for (const end of [first, last]) {
        expect(end).toMatchObject({ _tag: "Ended", exit: { _tag: "Success" } })
      }
      for (const end of [old, torn]) {
        if (end?._tag !== "Ended") throw new Error("it should have ended")
        const error = yield* Effect.flip(end.exit)
        expect(error).toMatchObject({ _tag: "StoreError", reason: "AnswerUnreadable" })
      }
    })
  )
})
