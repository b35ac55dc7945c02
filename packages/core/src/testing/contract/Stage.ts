/**
 * What a contract test stands on: a store to try, an engine over it, a clock that the test moves,
 * and names that no other test uses. Tests of one suite share a store, so each makes its own SKUs
 * and looks at those alone.
 */
import type { Vitest } from "@effect/vitest"
import type * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import type { StockReads } from "../../inventory/ports/StockReads.ts"
import { StockStore } from "../../inventory/ports/StockStore.ts"
import { Inventory, type InventoryOptions } from "../../inventory/services/Inventory.ts"
import type { InputOf } from "../../inventory/services/inventoryMethods.ts"
import { LocationId, SkuId } from "../../kernel/Identifier.ts"
import type { Subject } from "../engine/Subject.ts"

/** The time that a store under test must go by, in both forms: an effect, and a clock. */
export interface ContractClock {
  readonly now: Effect.Effect<DateTime.Utc>
  readonly clock: Clock.Clock
}

/** How large a suite is; a store that is slow under load may be asked for less, never for nothing. */
export interface ContractOptions {
  /** Callers that race at once: 64. */
  readonly callers?: number | undefined
  /** Engines that share the store when several race: 3. */
  readonly engines?: number | undefined
  /** How long opening the store may take: 60 seconds. */
  readonly openingTimeout?: Duration.Input | undefined
}

/** The stage of one suite. */
export class Stage extends Context.Service<
  Stage,
  {
    /** A name that no other test uses. */
    readonly fresh: (word: string) => string
    /** Lets the store's time pass. */
    readonly advance: (duration: Duration.Input) => Effect.Effect<void>
    readonly now: Effect.Effect<DateTime.Utc>
    readonly clock: Clock.Clock
    readonly callers: number
    readonly engines: number
    /** How far the log has been read, and how far it had been when each SKU was made. */
    readonly log: { readTo: number; readonly madeAfter: Map<string, number> }
  }
>()("@holdfast/core/testing/Stage") {}

/** What every contract test may use. */
export type OnStage = Inventory | StockStore | StockReads | Stage | Subject

/** The `it` of a suite: its tests run on one stage. */
export type ContractIt = Pick<Vitest.MethodsNonLive<OnStage>, "effect">

const opening = Date.parse("2026-03-01T09:00:00.000Z")

/** The stage of a suite, its clock at the opening. */
export const layerStage = (options: ContractOptions): Layer.Layer<Stage> =>
  Layer.effect(
    Stage,
    Effect.gen(function* () {
      const clock = yield* TestClock.make()
      yield* clock.setTime(opening)
      let names = 0
      return Stage.of({
        fresh: (word) => `${word}-${++names}`,
        advance: (duration) => clock.adjust(duration),
        now: Effect.sync(() => DateTime.makeUnsafe(clock.currentTimeMillisUnsafe())),
        clock,
        callers: options.callers ?? 64,
        engines: options.engines ?? 3,
        log: { readTo: 0, madeAfter: new Map() }
      })
    })
  )

/** One more engine over the store under test, or over another one; it closes with the scope. */
export const anotherEngine = (
  options: InventoryOptions = {},
  over?: StockStore["Service"]
): Effect.Effect<Inventory["Service"], never, StockStore | Scope.Scope> =>
  Effect.gen(function* () {
    const store = over ?? (yield* StockStore)
    const layer = Layer.provide(Inventory.layer(options), Layer.succeed(StockStore, store))
    const context = yield* Layer.build(Layer.fresh(layer))
    return Context.get(context, Inventory)
  })

/** As many engines over the store under test as the suite races. */
export const severalEngines: Effect.Effect<
  ReadonlyArray<Inventory["Service"]>,
  never,
  StockStore | Stage | Scope.Scope
> = Effect.flatMap(Stage, ({ engines }) =>
  Effect.forEach(Array.from({ length: engines }), () => anotherEngine())
)

/** Registers a SKU of its own and answers its id. */
export const freshSku = (
  initialStock: number,
  policy: Partial<InputOf<"RegisterSku">> = {}
): Effect.Effect<SkuId, never, Inventory | Stage> =>
  Effect.gen(function* () {
    const inventory = yield* Inventory
    const { fresh, log } = yield* Stage
    const skuId = SkuId.make(fresh("sku"))
    log.madeAfter.set(skuId, log.readTo)
    const sku = { skuId, code: skuId.toUpperCase(), name: `The ${skuId}`, initialStock }
    yield* Effect.orDie(inventory.registerSku({ ...sku, ...policy }))
    return skuId
  })

/** Makes a location of its own and answers its id. */
export const freshLocation = (
  details: Partial<InputOf<"RegisterLocation">> = {}
): Effect.Effect<LocationId, never, Inventory | Stage> =>
  Effect.gen(function* () {
    const inventory = yield* Inventory
    const { fresh } = yield* Stage
    const locationId = LocationId.make(fresh("place"))
    yield* Effect.orDie(inventory.registerLocation({ locationId, name: locationId, ...details }))
    return locationId
  })

/** The first `count` whole numbers. */
export const upTo = (count: number): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, n) => n)

/** Runs all at once and answers how each ended. */
export const atOnce = <A, E, R>(
  effects: ReadonlyArray<Effect.Effect<A, E, R>>
): Effect.Effect<ReadonlyArray<{ readonly answer?: A; readonly refusal?: E }>, never, R> =>
  Effect.forEach(
    effects,
    (effect) =>
      Effect.match(effect, {
        onSuccess: (answer) => ({ answer }),
        onFailure: (refusal) => ({ refusal })
      }),
    { concurrency: "unbounded" }
  )
