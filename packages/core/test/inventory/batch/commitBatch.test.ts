import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { commitOver } from "../../../src/engine/commitBatch.ts"
import { requestNames } from "../../../src/engine/Domain.ts"
import * as GroupCommit from "../../../src/engine/GroupCommit.ts"
import type { StockRequest } from "../../../src/inventory/batch/batchScope.ts"
import { foldBatch } from "../../../src/inventory/batch/foldBatch.ts"
import { inventoryDomain } from "../../../src/inventory/batch/inventoryDomain.ts"
import type { SkuCommand } from "../../../src/inventory/messages/SkuCommand.ts"
import { noFigures } from "../../../src/inventory/ports/StockFigures.ts"
import { emptyScope, type StockScope, StockStore } from "../../../src/inventory/ports/StockStore.ts"
import { defaultLocationId } from "../../../src/inventory/state/Location.ts"
import { commandIdFrom, SkuId } from "../../../src/kernel/Identifier.ts"
import { StoreError } from "../../../src/kernel/StoreError.ts"
import { MemoryTables } from "../../../src/memory/inventory/MemoryTables.ts"
import { beginning } from "../../../src/testing/given.ts"
import { line, receive, register, reserve } from "../decide/words.ts"

const noCustomers = {
  read: () => Effect.succeed(undefined),
  erase: () => Effect.succeed(false)
}

const tea = SkuId.make("tea")
const cup = SkuId.make("cup")

const rejected = new StoreError({ reason: "Rejected", message: "no" })
const down = new StoreError({ reason: "Unavailable", message: "down" })

/** A store over tables, which answers as `behave` says: with a failure, or by doing its work. */
const storeThat = (behave: (scope: StockScope, call: number) => StoreError | undefined) => {
  const tables = new MemoryTables()
  const scopes: Array<StockScope> = []
  const store = StockStore.of({
    lanes: 1,
    customers: noCustomers,
    figures: noFigures,
    transact: (scope, decide) =>
      Effect.suspend(() => {
        scopes.push(scope)
        const failure = behave(scope, scopes.length)
        if (failure !== undefined) return Effect.fail(failure)
        const { answer, changes } = decide(tables.load(scope, now))
        tables.apply(changes, now)
        return Effect.succeed(answer)
      })
  })
  let now = beginning
  const at = (instant: typeof beginning) => {
    now = instant
  }
  let ids = 0
  const nextId = () => {
    ids += 1
    return commandIdFrom(beginning.epochMilliseconds, new Uint8Array([0, 0, 0, 0, 0, 0, 0, ids]))
  }
  const commit = committing(store, nextId)
  const request = (command: SkuCommand): StockRequest => ({
    command,
    origin: { commandId: nextId(), correlationId: null, traceparent: null, actor: null },
    key: null
  })
  return { tables, scopes, commit, request, at }
}

/** Commits a batch as a lane does, and answers when all of it has ended. */
const committing =
  (store: StockStore["Service"], nextId: () => string) => (batch: ReadonlyArray<StockRequest>) =>
    Effect.scoped(
      Effect.gen(function* () {
        const submit = yield* GroupCommit.make(
          {
            lanes: 1,
            waiters: 1,
            queueMax: 500,
            batchMax: 500,
            weightMax: 10_000,
            waitMillisMax: 10_000
          },
          requestNames(inventoryDomain),
          commitOver(inventoryDomain, store, nextId)
        )
        return yield* Effect.forEach(batch, (request) => Effect.exit(submit(0, request, 1)), {
          concurrency: "unbounded"
        })
      })
    )

const namesOf = (exits: ReadonlyArray<Exit.Exit<unknown, unknown>>) =>
  exits.map((exit) => exit._tag)

describe("a batch through a store", () => {
  it.effect("answers each request with its own result, in order", () =>
    Effect.gen(function* () {
      const { commit, request } = storeThat(() => undefined)
      const exits = yield* commit([
        request(register("tea", 1)),
        request(reserve("a", line("tea", 1))),
        request(reserve("b", line("tea", 1)))
      ])
      expect(namesOf(exits)).toEqual(["Success", "Success", "Failure"])
    })
  )

  it.effect("runs again in halves when the store rejects it, so one culprit fails", () =>
    Effect.gen(function* () {
      const { commit, request, scopes, tables } = storeThat((scope) =>
        scope.skuIds.includes(SkuId.make("bad")) ? rejected : undefined
      )
      const exits = yield* commit([
        request(register("tea")),
        request(register("bad")),
        request(register("cup"))
      ])
      expect(namesOf(exits)).toEqual(["Success", "Failure", "Success"])
      expect(exits[1]).toEqual(Exit.fail(rejected))
      expect(scopes).toHaveLength(5)
      expect(new Set(scopes.map((scope) => scope.batchId)).size).toBe(5)
      expect([...tables.skus.keys()]).toEqual(["tea", "cup"])
    })
  )

  it.effect("fails all alike, and tries nothing again, when the store cannot be reached", () =>
    Effect.gen(function* () {
      const { commit, request, scopes } = storeThat(() => down)
      const exits = yield* commit([request(register("tea")), request(register("cup"))])
      expect(exits).toEqual([Exit.fail(down), Exit.fail(down)])
      expect(scopes).toHaveLength(1)
    })
  )

  it.effect("gives a store's defect to every caller", () =>
    Effect.gen(function* () {
      const store = StockStore.of({
        lanes: 1,
        customers: noCustomers,
        figures: noFigures,
        transact: () => Effect.die("broken")
      })
      const { request } = storeThat(() => undefined)
      const commit = committing(store, () => "id")
      const exits = yield* commit([request(register("tea")), request(register("cup"))])
      expect(namesOf(exits)).toEqual(["Failure", "Failure"])
    })
  )

  it.effect("lets a command fail alone that throws while the batch is gathered", () =>
    Effect.gen(function* () {
      const { commit, request } = storeThat(() => undefined)
      const poison: SkuCommand = {
        _tag: "ReceiveStock",
        quantity: 1,
        get skuId(): SkuId {
          throw new Error("poison")
        }
      }
      const exits = yield* commit([
        request(register("tea")),
        request(poison),
        request(receive("tea", 1))
      ])
      expect(namesOf(exits)).toEqual(["Success", "Failure", "Success"])
    })
  )
})

describe("more lapsed holds than one transaction expires", () => {
  const crowd = 2_500

  /** 2,500 lapsed holds of one tea each, and nothing else of it. */
  const crowded = (behave: (call: number) => StoreError | undefined) =>
    Effect.gen(function* () {
      const world = storeThat((_, call) => behave(call))
      yield* world.commit([world.request(register("tea", crowd)), world.request(register("cup"))])
      const lines = (count: number) => Array.from({ length: count }, () => line("tea", 1))
      for (const [n, count] of [2_000, 500].entries()) {
        yield* world.commit([
          world.request({ ...reserve(`order-${n}`, ...lines(count)), ttl: n + 1 })
        ])
      }
      world.at(DateTime.add(beginning, { seconds: 10 }))
      world.scopes.length = 0
      return world
    })

  it.effect("go in rounds of at most 1,000, and the demand is met in the end", () =>
    Effect.gen(function* () {
      const { commit, request, scopes, tables } = yield* crowded(() => undefined)
      const exits = yield* commit([
        request(reserve("big", line("tea", crowd))),
        request(receive("cup", 1))
      ])
      expect(namesOf(exits)).toEqual(["Success", "Success"])
      expect(scopes).toHaveLength(3)
      expect(tables.levels.get(tea)?.get(defaultLocationId)).toMatchObject({
        reservedQuantity: crowd
      })
      expect(tables.levels.get(cup)?.get(defaultLocationId)).toMatchObject({ totalQuantity: 1 })
      const ids = tables.events.map((event) => event.eventId)
      expect(new Set(ids).size).toBe(ids.length)
    })
  )

  it.effect("end in a refusal when even all of them are too few", () =>
    Effect.gen(function* () {
      const { commit, request, tables } = yield* crowded(() => undefined)
      const [exit] = yield* commit([request(reserve("big", line("tea", crowd + 1)))])
      expect(exit).toMatchObject(
        Exit.fail({ _tag: "InsufficientStock", lines: [{ available: crowd }] })
      )
      expect(tables.levels.get(tea)?.get(defaultLocationId)?.reservedQuantity).toBe(500)
    })
  )

  it.effect("never take back what a neighbour was answered when a later round fails", () =>
    Effect.gen(function* () {
      for (const failure of [down, rejected]) {
        let isFailing = false
        const { commit, request, scopes, tables } = yield* crowded((call) =>
          isFailing && call === 2 ? failure : undefined
        )
        isFailing = true
        const [big, small] = yield* commit([
          request(reserve("big", line("tea", crowd))),
          request(receive("cup", 1))
        ])
        expect(scopes).toHaveLength(2)
        expect(big).toEqual(Exit.fail(failure))
        expect(small?._tag).toBe("Success")
        expect(tables.levels.get(cup)?.get(defaultLocationId)?.totalQuantity).toBe(1)
      }
    })
  )
})

it("a fold of no requests comes to nothing", () => {
  const tables = new MemoryTables()
  const scope = { batchId: "b", ...emptyScope }
  const { answer, changes } = foldBatch(tables.load(scope, beginning), [])
  expect([answer, changes.isEmpty]).toEqual([[], true])
})
