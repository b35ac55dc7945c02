/**
 * The in-memory adapter of `StockStore` and `StockReads`: the executable specification that every
 * other adapter is compared with. One transaction at a time; nothing outlives the process.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { AuditDraft } from "../../audit/AuditRecord.ts"
import type { StockChanges } from "../../inventory/decide/StockChanges.ts"
import { wholeOrderMax } from "../../inventory/messages/InventoryCommand.ts"
import { type InventoryEvent, isOfOrdering } from "../../inventory/messages/InventoryEvent.ts"
import type {
  EventsFilter,
  LoggedEvent,
  PlacedOrderView
} from "../../inventory/messages/InventoryQuery.ts"
import { InventoryLog } from "../../inventory/ports/InventoryLog.ts"
import type {
  BrokenBundle,
  HoldsQuery,
  MovementsQuery,
  OrderQuery,
  ReadStock,
  ReferenceQuery
} from "../../inventory/ports/StockReads.ts"
import { StockReads } from "../../inventory/ports/StockReads.ts"
import {
  type LockedStock,
  type Obstacle,
  type StockScope,
  StockStore
} from "../../inventory/ports/StockStore.ts"
import * as Location from "../../inventory/state/Location.ts"
import * as Reservation from "../../inventory/state/Reservation.ts"
import type { Sku } from "../../inventory/state/Sku.ts"
import type { LoadedStock } from "../../inventory/state/StockBook.ts"
import type { StockMovement } from "../../inventory/state/StockMovement.ts"
import type { LocationId, OptionId, OrderId, SkuId } from "../../kernel/Identifier.ts"
import { type Appended, makeMemoryEventLog } from "../engine/MemoryEventLog.ts"
import { memoryBatchStore } from "../engine/memoryBatchStore.ts"
import { MemoryTables } from "./MemoryTables.ts"
import { figureReads, memoryFigures } from "./memoryFigures.ts"

const storeOver = (
  tables: MemoryTables,
  clock: Clock.Clock,
  appended: Appended
): StockStore["Service"] => {
  const nowOf = (skuIds: Iterable<SkuId>): DateTime.Utc => {
    let millis = clock.currentTimeMillisUnsafe()
    for (const skuId of skuIds) {
      for (const level of tables.levelsOf(skuId)) {
        millis = Math.max(millis, level.lastUpdated.epochMilliseconds)
      }
    }
    return DateTime.makeUnsafe(millis)
  }
  const recorded = (record: AuditDraft | null) => {
    if (record !== null) appended([record], DateTime.makeUnsafe(clock.currentTimeMillisUnsafe()))
  }
  const store = memoryBatchStore<StockScope, LoadedStock, StockChanges, LockedStock, Obstacle>({
    now: ({ skuCodes, skuIds }: StockScope) => nowOf([...skuIds, ...tables.withCodes(skuCodes)]),
    load: (scope, now) => tables.load(scope, now),
    apply: (changes, now, audit) => {
      tables.apply(changes, now)
      appended(audit, now)
    }
  })
  return {
    ...store,
    customers: {
      read: (orderId, record) =>
        Effect.sync(() => {
          recorded(record)
          return tables.customers.get(orderId)
        }),
      erase: (orderId, record) =>
        Effect.sync(() => {
          recorded(record)
          return tables.customers.delete(orderId)
        })
    },
    figures: memoryFigures(tables.missed, tables.checks, clock)
  }
}

/** A placed order with its holds that are open, lost or fulfilled; none that was never placed. */
const placedOrderOf = (
  { placedOrders, reservations }: MemoryTables,
  orderId: OrderId,
  now: DateTime.Utc
): ReadonlyArray<PlacedOrderView> => {
  const order = placedOrders.get(orderId)
  if (order === undefined) return []
  const holds = [...reservations.values()]
    .filter((hold) => hold.orderId === orderId)
    .map((hold) => Reservation.asRead(hold, now))
    .filter((hold) => Reservation.isLine(hold) || hold.status === "FULFILLED")
  return [{ ...order, reservations: holds.sort(Reservation.byAge).slice(0, wholeOrderMax) }]
}

const skusWithCodes = (tables: MemoryTables, codes: ReadonlyArray<string>): ReadonlyArray<Sku> =>
  [...tables.skus.values()].filter(
    ({ archivedAt, code }) => archivedAt === null && codes.includes(code)
  )

const orderPageOf = (
  { reservations }: MemoryTables,
  { after, limit, orderId }: OrderQuery,
  now: DateTime.Utc
): ReadonlyArray<Reservation.Reservation> =>
  [...reservations.values()]
    .filter((hold) => hold.orderId === orderId)
    .filter((hold) => after === null || Reservation.byAge(hold, after) > 0)
    .sort(Reservation.byAge)
    .slice(0, limit)
    .map((hold) => Reservation.asRead(hold, now))

/** Reads of orders and of their holds. */
const ordersOver = (
  tables: MemoryTables,
  now: () => DateTime.Utc
): Pick<
  StockReads["Service"],
  "reservations" | "reservationsOfOrder" | "orderPages" | "linesOfOrder" | "placedOrders"
> => {
  const asRead = (hold: Reservation.Reservation) => Reservation.asRead(hold, now())
  return {
    reservations: (ids) =>
      Effect.sync(() =>
        [...new Set(ids)].flatMap((id) => {
          const hold = tables.reservations.get(id)
          return hold === undefined ? [] : [asRead(hold)]
        })
      ),
    reservationsOfOrder: (orderId, page = { after: null, limit: 1_000 }) =>
      Effect.sync(() => orderPageOf(tables, { orderId, ...page }, now())),
    orderPages: (queries) =>
      Effect.sync(() => queries.map((query) => orderPageOf(tables, query, now()))),
    linesOfOrder: (orderId) => Effect.sync(() => tables.ofOrder(orderId).map(asRead)),
    placedOrders: (orderIds) =>
      Effect.sync(() =>
        [...new Set(orderIds)].flatMap((orderId) => placedOrderOf(tables, orderId, now()))
      )
  }
}

/** Pages of lists of one SKU and of many. */
const pagesOver = (
  tables: MemoryTables,
  now: () => DateTime.Utc
): Pick<StockReads["Service"], "reservationsOfSku" | "holdPages" | "movementPages"> => ({
  reservationsOfSku: (query) => Effect.sync(() => holdsOf(tables, query, now())),
  holdPages: (queries) => Effect.sync(() => queries.map((query) => holdsOf(tables, query, now()))),
  movementPages: (queries) => Effect.sync(() => queries.map((query) => movementsOf(tables, query)))
})

const readsOver = (
  tables: MemoryTables,
  clock: Clock.Clock,
  inIncarnation: InIncarnation
): StockReads["Service"] => {
  const now = () => DateTime.makeUnsafe(clock.currentTimeMillisUnsafe())
  const readStock = (
    skuId: SkuId,
    lapsed: ReadonlyArray<Reservation.Reservation>
  ): ReadonlyArray<ReadStock> => {
    const sku = tables.skus.get(skuId)
    if (sku === undefined) return []
    const levels = tables.levelsOf(skuId).map((level) => {
      const location = tables.locations.get(level.locationId)
      return {
        level,
        isPromising: location !== undefined && Location.isPromising(location),
        lapsedQuantity: lapsed
          .filter((hold) => hold.skuId === skuId && hold.locationId === level.locationId)
          .reduce((sum, hold) => sum + Reservation.heldQuantity(hold), 0)
      }
    })
    return [{ sku, levels, lapsesInMillis: tables.lapsesInMillis(skuId, now()) }]
  }
  const ledgerOf = (skuId: SkuId, locationId: LocationId) =>
    tables.movements.filter((row) => row.skuId === skuId && row.locationId === locationId)
  return {
    sku: (skuId) => Effect.sync(() => tables.skus.get(skuId)),
    skuByCode: (code) => Effect.sync(() => skusWithCodes(tables, [code])[0]),
    skusByCodes: (codes) => Effect.sync(() => skusWithCodes(tables, codes)),
    skus: (after, limit) =>
      Effect.sync(() =>
        [...tables.skus.values()]
          .filter((sku) => after === null || sku.id > after)
          .sort((a, b) => (a.id < b.id ? -1 : 1))
          .slice(0, limit)
      ),
    stock: (skuIds) =>
      Effect.sync(() => {
        const lapsed = tables.lapsed(now())
        return [...new Set(skuIds)].flatMap((skuId) => readStock(skuId, lapsed))
      }),
    ownersOf: (orderIds) => Effect.sync(() => tables.ownersOf(orderIds)),
    heldOptions: (optionIds) => Effect.sync(() => heldOptionsOf(tables, optionIds, now())),
    brokenBundles: (limit, withinMillis) =>
      Effect.sync(() => brokenBundlesOf(tables, withinMillis, now()).slice(0, limit)),
    movements: (query) => Effect.sync(() => movementsOf(tables, query)),
    ...{ ...ordersOver(tables, now), ...pagesOver(tables, now), ...figureReads(tables, now) },
    movementsOfReference: (query) => Effect.sync(() => bookingsOf(tables, query)),
    stockAsOf: (skuId, at) =>
      Effect.sync(() => ({
        horizon: null,
        levels: tables.levelsOf(skuId).map(({ locationId }) => {
          const rows = ledgerOf(skuId, locationId).filter(
            (row) => row.createdAt.epochMilliseconds <= at.epochMilliseconds
          )
          return { locationId, totalQuantity: rows.at(-1)?.balanceAfter ?? 0 }
        })
      })),
    locations: Effect.sync(() => [...tables.locations.values()].sort(Location.byPriority)),
    events: (after, limit, filter = {}) =>
      Effect.sync(() => eventsOf(tables, inIncarnation, after, limit, filter)),
    lapsed: (limit, exceptSkuIds = []) =>
      Effect.sync(() =>
        tables
          .lapsed(now())
          .filter((hold) => !exceptSkuIds.includes(hold.skuId))
          .slice(0, limit)
      ),
    reconciled: (after, limit) =>
      Effect.sync(() =>
        [...tables.levels.values()]
          .flatMap((levels) => [...levels.values()])
          .filter((level) => after === null || keyOf(level) > keyOf(after))
          .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
          .slice(0, limit)
          .map((level) => ({
            skuId: level.skuId,
            locationId: level.locationId,
            totalQuantity: level.totalQuantity,
            ledgerQuantity: ledgerOf(level.skuId, level.locationId).reduce(
              (sum, row) => sum + row.quantity,
              0
            ),
            reservedQuantity: level.reservedQuantity,
            heldQuantity: [...tables.reservations.values()]
              .filter(
                (hold) =>
                  Reservation.isOpen(hold) &&
                  hold.skuId === level.skuId &&
                  hold.locationId === level.locationId
              )
              .reduce((sum, hold) => sum + Reservation.heldQuantity(hold), 0)
          }))
      ),
    ping: Effect.void
  }
}

const keyOf = (at: { readonly skuId: SkuId; readonly locationId: LocationId }): string =>
  `${at.skuId}\n${at.locationId}`

const holdsOf = (tables: MemoryTables, query: HoldsQuery, now: DateTime.Utc) => {
  const isNewer = ({ createdAt, id }: Reservation.Reservation): boolean => {
    if (query.after === null) return true
    const millis = createdAt.epochMilliseconds - query.after.createdAt.epochMilliseconds
    return millis > 0 || (millis === 0 && id > query.after.id)
  }
  return [...tables.reservations.values()]
    .filter(
      (hold) =>
        hold.skuId === query.skuId &&
        Reservation.isOpen(hold) &&
        !Reservation.isLapsed(hold, now) &&
        (query.status === "open" || hold.status.toLowerCase() === query.status) &&
        isNewer(hold)
    )
    .sort((a, b) => Reservation.byNewest(b, a))
    .slice(0, query.limit)
}

const brokenBundlesOf = (
  tables: MemoryTables,
  withinMillis: number | null,
  now: DateTime.Utc
): ReadonlyArray<BrokenBundle> => {
  const holds = [...tables.reservations.values()]
  const open = new Set(
    holds.filter(Reservation.isOpen).flatMap(({ bundle }) => bundle?.bundleId ?? [])
  )
  const since = withinMillis === null ? 0 : now.epochMilliseconds - withinMillis
  const broken = holds.flatMap(({ bundle, orderId, releaseReason, resolvedAt }) =>
    bundle !== undefined &&
    releaseReason === "SHORTFALL" &&
    open.has(bundle.bundleId) &&
    (resolvedAt?.epochMilliseconds ?? 0) > since
      ? [[bundle.bundleId, { orderId, bundleId: bundle.bundleId }] as const]
      : []
  )
  return [...new Map(broken).values()]
}

const heldOptionsOf = (
  tables: MemoryTables,
  optionIds: ReadonlyArray<OptionId>,
  now: DateTime.Utc
) => {
  const held = new Set(
    [...tables.reservations.values()]
      .filter((hold) => Reservation.isOpen(hold) && !Reservation.isLapsed(hold, now))
      .flatMap(({ bundle }) => bundle?.optionId ?? [])
  )
  return [...new Set(optionIds)].filter((optionId) => held.has(optionId))
}

type InIncarnation = (event: InventoryEvent) => InventoryEvent

const eventsOf = (
  { events }: MemoryTables,
  inIncarnation: InIncarnation,
  after: number,
  limit: number,
  filter: EventsFilter
) => {
  const found: Array<LoggedEvent> = []
  for (let position = after + 1; found.length < limit; position++) {
    const event = events[position - 1]
    if (event === undefined) break
    if (isWanted(event, filter)) found.push({ position, event: inIncarnation(event) })
  }
  return found
}

const isWanted = (event: InventoryEvent, { aggregateIds, orderId, types }: EventsFilter): boolean =>
  (types === undefined || types.includes(event.eventType)) &&
  (aggregateIds === undefined ||
    (aggregateIds.includes(event.aggregateId) && !isOfOrdering(event))) &&
  (orderId === undefined || ("orderId" in event.payload && event.payload.orderId === orderId))

const movementsOf = (tables: MemoryTables, query: MovementsQuery) => {
  const isOlder = (row: StockMovement): boolean => {
    if (query.before === null) return true
    const millis = row.createdAt.epochMilliseconds - query.before.createdAt.epochMilliseconds
    return millis < 0 || (millis === 0 && row.id < query.before.id)
  }
  return tables.movements
    .filter(
      (row) =>
        row.skuId === query.skuId &&
        (query.locationId === undefined || row.locationId === query.locationId) &&
        (query.reference === undefined || row.reference === query.reference) &&
        isOlder(row)
    )
    .sort(
      (a, b) =>
        b.createdAt.epochMilliseconds - a.createdAt.epochMilliseconds || (a.id < b.id ? 1 : -1)
    )
    .slice(0, query.limit)
}

const bookingsOf = ({ movements }: MemoryTables, { after, limit, reference }: ReferenceQuery) => {
  const bySku = (a: Booking, b: Booking): number =>
    (a.skuId < b.skuId ? -1 : Number(a.skuId > b.skuId)) ||
    a.createdAt.epochMilliseconds - b.createdAt.epochMilliseconds ||
    (a.id < b.id ? -1 : Number(a.id > b.id))
  return movements
    .filter((row) => row.reference === reference && (after === null || bySku(row, after) > 0))
    .sort(bySku)
    .slice(0, limit)
}

type Booking = NonNullable<ReferenceQuery["after"]>

/** The in-memory store and its reads, over tables of their own. */
export const layer: Layer.Layer<StockStore | StockReads | InventoryLog> = Layer.effectContext(
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    const tables = new MemoryTables()
    const { appended, inIncarnation, log } = makeMemoryEventLog("inventory", tables.events, clock)
    return Context.make(StockStore, storeOver(tables, clock, appended)).pipe(
      Context.add(StockReads, readsOver(tables, clock, inIncarnation)),
      Context.add(InventoryLog, log)
    )
  })
)
