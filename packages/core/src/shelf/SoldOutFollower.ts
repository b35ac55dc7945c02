/**
 * SERVICE. Options become SOLD_OUT, and ACTIVE again, as the stock of their SKUs comes and goes. Events
 * are hints to look: the follower asks the inventory for all SKUs of the products concerned, and
 * the catalog takes the answers by their versions. So events that come late, twice or not at all do
 * no harm, and an option that needs two units is sold out at one.
 *
 * It follows the log of the inventory, for stock and places, and that of the catalog, for new
 * mappings, each by a durable cursor; and it sweeps. The two logs may be in two databases. Any
 * number of processes may run it; one of them is active at each of the three. What the inventory
 * does not answer moves nothing, and is asked again.
 *
 * While no option maps a SKU it does not follow at all: it looks once a second whether one does.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { CatalogLog } from "../catalog/ports/CatalogLog.ts"
import { CatalogReads } from "../catalog/ports/CatalogReads.ts"
import type { CursorKindMismatch, TakeOptions } from "../events/Cursors.ts"
import type { AnyEvent, FollowedLog, KeptEvent, LoggedEvent } from "../events/EventLog.ts"
import type { RelayStatus } from "../events/relay/EventRelay.ts"
import { followingAlong } from "../events/relay/followingAlong.ts"
import { makeSubscription } from "../events/relay/Subscription.ts"
import { makePace, skimming } from "../events/relay/skimming.ts"
import { InventoryLog } from "../inventory/ports/InventoryLog.ts"
import type { ProductId, SkuId } from "../kernel/Identifier.ts"
import type { StoreError } from "../kernel/StoreError.ts"
import { type HowChecked, makeRechecking, type Rechecked } from "./rechecking.ts"
import { type FollowersCursor, sweeping } from "./sweeping.ts"

/**
 * The log of the inventory as it is followed: with its cursors, or without, where it is read over a
 * network. Then the one who sweeps follows it too, and has checked everything at the beginning.
 */
export class FollowedInventory extends Context.Service<
  FollowedInventory,
  Omit<FollowedLog, "cursors"> & Partial<Pick<FollowedLog, "cursors">>
>()("@holdfast/core/shelf/FollowedInventory") {
  /** The log of an inventory in this process. */
  static readonly layerLocal: Layer.Layer<FollowedInventory, never, InventoryLog> = Layer.effect(
    FollowedInventory,
    InventoryLog
  )
}

/** How the follower runs. */
export interface SoldOutOptions {
  /**
   * The name of its cursors: `sold-out` in both logs. The sweep has a cursor of that name and
   * `-sweep`, in the log of the catalog.
   */
  readonly name?: string | undefined
  /** Who follows, for people: a process and its host, say. */
  readonly owner?: string | undefined
  /** The pause between two sweeps, in milliseconds: 600,000. */
  readonly sweepMillis?: number | undefined
  /** How long a cursor stays taken after the last sign of life, in milliseconds: 5,000. */
  readonly leaseMillis?: number | undefined
}

/** What the follower is doing. */
export interface SoldOutStatus {
  /** Whether it waits for the first option that maps a SKU. */
  readonly isIdle: boolean
  /** How it follows the log of the inventory; null where that has no cursors. */
  readonly stock: RelayStatus | null
  /** How it follows the log of the catalog. */
  readonly products: RelayStatus
}

/** The follower of stock. */
export interface SoldOutFollower {
  readonly status: Effect.Effect<SoldOutStatus>
  /** Follows until it is interrupted; only a cursor of another kind ends it with an error. */
  readonly run: Effect.Effect<never, CursorKindMismatch>
}

/** How often an idle follower looks whether an option maps a SKU. */
const lookMillis = 1_000

/** Events of stock that are looked at together: each SKU among them is asked for once. */
const hintsMax = 1_000

/**
 * Events that only ever lower what is available. The one that takes the last unit of a SKU is followed by
 * another, `inventory.stock.depleted`. So they are of interest only where an option takes several units.
 */
const taking = ["inventory.stock.reserved"]

/** The most SKUs of which options take several units, before all of them are looked at. */
const severalUnitsMax = 10_000

const ofSeveralUnits = ({ multiUnitSkus }: CatalogReads["Service"]) =>
  Effect.map(multiUnitSkus(severalUnitsMax + 1), (skuIds) =>
    skuIds.length > severalUnitsMax ? null : skuIds
  )

/** The events as they are kept: no payload is needed. */
const unread = (kept: KeptEvent): LoggedEvent => {
  const { payloadJson: _, position, ...envelope } = kept
  return { position, event: { ...envelope, payload: undefined } }
}

/** The newest version of each SKU that events are about. */
const versionsIn = (events: ReadonlyArray<LoggedEvent>): ReadonlyMap<SkuId, number> => {
  const seen = new Map<SkuId, number>()
  for (const { event } of events) {
    if (event.aggregateType !== "SKU") continue
    const skuId = event.aggregateId as SkuId
    seen.set(skuId, Math.max(event.version, seen.get(skuId) ?? 0))
  }
  return seen
}

/** Whether the log has other events in the place of these, as one has that was restored. */
const isUndone = (
  { read }: Pick<FollowedLog, "read">,
  events: ReadonlyArray<LoggedEvent>
): Effect.Effect<boolean> => {
  const last = events.at(-1)
  if (last === undefined) return Effect.succeed(false)
  return Effect.match(read(last.position - 1, 1), {
    // Events that were dropped by now, or cannot be read, have happened.
    onFailure: () => false,
    onSuccess: ([found]) => found?.eventId !== last.event.eventId
  })
}

/** Whether a log has its cursors. */
const isKept = (log: FollowedInventory["Service"]): log is FollowedLog => log.cursors !== undefined

/**
 * How events of a log are checked by who takes its cursor. Who had it before may have slept, with an answer
 * in hand that it still writes, about events up to the end that the log had when the cursor was taken. A
 * thorough check of the same events has it refused.
 */
const takenOver = (log: FollowedLog) => {
  const { cursors, head } = log
  let end = 0
  const take: typeof cursors.take = (name, options) =>
    Effect.tap(cursors.take(name, options), (lease) =>
      lease === null
        ? Effect.void
        : Effect.map(head, (position) => {
            end = position
          })
    )
  return {
    log: { ...log, cursors: { ...cursors, take } },
    howFrom: ([first]: ReadonlyArray<LoggedEvent>): HowChecked =>
      first !== undefined && first.position <= end ? "THOROUGHLY" : "QUICKLY"
  }
}

const idle: Effect.Effect<void, never, CatalogReads> = Effect.gen(function* () {
  const reads = yield* CatalogReads
  // A catalog that does not answer maps nothing that could be followed now.
  const isMapped = Effect.orElseSucceed(reads.isMapped, () => false)
  while (!(yield* isMapped)) yield* Effect.sleep(lookMillis)
})

/**
 * Makes the follower; nothing is followed before it runs. Throws `InvalidOptions` when the options
 * cannot be used.
 */
export const makeSoldOutFollower = Effect.fnUntraced(function* (
  options: SoldOutOptions = {}
): Effect.fn.Return<SoldOutFollower, never, Rechecked | CatalogLog | FollowedInventory> {
  const { leaseMillis = 5_000, name = "sold-out", sweepMillis = 600_000 } = options
  const { owner = `sold-out:${crypto.randomUUID().slice(0, 8)}` } = options
  const context = yield* Effect.context<Rechecked>()
  const inventory = yield* FollowedInventory
  const stockLog = isKept(inventory) ? inventory : undefined
  const productLog = yield* CatalogLog
  const rechecking = makeRechecking()
  const pace = makePace()
  const leftOut = { types: taking, exceptOf: ofSeveralUnits(Context.get(context, CatalogReads)) }
  const hints = { pace, size: hintsMax, leftOut }

  const looked = (events: ReadonlyArray<LoggedEvent>, how: HowChecked) => {
    const seen = versionsIn(events)
    const isPlaceChanged = events.some(({ event }) => event.aggregateType === "LOCATION")
    if (isPlaceChanged) return rechecking.all(how, seen)
    return seen.size === 0 ? Effect.void : rechecking.skus(how, seen)
  }
  const ofStock = (events: ReadonlyArray<LoggedEvent>, how: HowChecked) =>
    Effect.catch(pace.work(looked(events, how)), (error) =>
      // What a restore undid is never answered, and would keep what happens from now on.
      Effect.flatMap(isUndone(inventory, events), (is) => (is ? Effect.void : Effect.fail(error)))
    )
  const ofProducts = (events: ReadonlyArray<LoggedEvent>) =>
    rechecking.products([...new Set(events.map(({ event }) => event.aggregateId as ProductId))])
  const following = (
    log: FollowedLog,
    handle: (events: ReadonlyArray<LoggedEvent>) => Effect.Effect<void, StoreError, Rechecked>,
    types?: ReadonlyArray<string>
  ) =>
    makeSubscription<AnyEvent, StoreError>(log, unread, {
      ...{ name, owner, leaseMillis, types },
      from: "LAST",
      batchMax: hintsMax,
      handle: (events) => Effect.provideContext(handle(events), context)
    })
  const taken = stockLog === undefined ? undefined : takenOver(stockLog)
  const stock =
    taken === undefined
      ? undefined
      : following(skimming(taken.log, hints), (events) => ofStock(events, taken.howFrom(events)))
  const ofKept = (events: ReadonlyArray<KeptEvent>) => ofStock(events.map(unread), "QUICKLY")
  const paced = skimming(inventory, hints)
  const along = Effect.provideContext(followingAlong(paced, ofKept, hintsMax), context)
  const products = following(productLog, ofProducts, ["product.created", "product.updated"])

  const take: TakeOptions = { kind: "SUBSCRIPTION", owner, leaseMillis, from: "LAST" }
  const cursorIn = (log: FollowedLog, cursor = name): FollowersCursor => ({
    ...{ log, take },
    name: cursor
  })
  const swept = sweeping({
    sweep: cursorIn(productLog, `${name}-sweep`),
    followers: [stockLog ?? [], productLog].flat().map((log) => cursorIn(log)),
    first: Effect.provideContext(rechecking.all("THOROUGHLY"), context),
    check: Effect.provideContext(rechecking.all("QUICKLY"), context),
    meanwhile: stockLog === undefined ? along : undefined,
    pauseMillis: sweepMillis
  })

  let isIdle = true
  const awake = Effect.suspend(() => {
    isIdle = false
    const both = stock === undefined ? products.run : Effect.raceFirst(stock.run, products.run)
    return Effect.raceFirst(both, swept)
  })
  return {
    status: Effect.gen(function* () {
      const ofStock = stock === undefined ? null : yield* stock.status
      return { isIdle, stock: ofStock, products: yield* products.status }
    }),
    run: Effect.andThen(Effect.provideContext(idle, context), awake)
  }
})

/** Follows for the lifetime of the layer. */
export const layerSoldOut = (
  options: SoldOutOptions = {}
): Layer.Layer<never, never, Rechecked | CatalogLog | FollowedInventory> =>
  Layer.effectDiscard(
    Effect.flatMap(makeSoldOutFollower(options), ({ run }) =>
      Effect.forkScoped(
        Effect.catch(run, ({ message }) =>
          Effect.logError(`options do not follow the stock of their SKUs: ${message}`)
        )
      )
    )
  )
