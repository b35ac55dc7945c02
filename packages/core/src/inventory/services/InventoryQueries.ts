/**
 * SERVICE. The questions to the inventory. Every door asks here, so a question has one meaning, one
 * answer and one cursor at all doors. Nothing is locked and nothing is written, and every answer is true at its instant: holds that have lapsed no longer count.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { isPlainUser } from "../../access/authorize.ts"
import type { Principal } from "../../access/Principal.ts"
import { mayLag } from "../../engine/methods/MayLag.ts"
import { ifPermitted, permittedMethods } from "../../engine/methods/permitted.ts"
import { after, eventsAfter, orElse, questionMethods } from "../../engine/methods/questions.ts"
import { LocationId, MovementId, ReservationId, SkuId } from "../../kernel/Identifier.ts"
import { Instant } from "../../kernel/Instant.ts"
import {
  type Cursor,
  cursor,
  cutPage,
  type PageQuery,
  pageSizeDefault,
  positionOf,
  rankingOf
} from "../../kernel/Page.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { RefusalOf } from "../messages/InventoryError.ts"
import type { RefusalsOf } from "../messages/operations.ts"
import {
  type QueryAnswerOf,
  type QueryInputOf,
  type QueryName,
  type QueryOf,
  queryOperations
} from "../messages/queryOperations.ts"
import { joinedOptions, noCatalog, type OptionMappings } from "../ports/OptionMappings.ts"
import { StockCopies } from "../ports/StockCopies.ts"
import { type ReadStock, StockReads } from "../ports/StockReads.ts"
import { levelStatuses, offeredStock, stockStatus } from "../state/StockStatus.ts"
import { checkOver } from "./checkAvailability.ts"
import { ownReads } from "./ownReads.ts"
import { compareLevels, reconcile } from "./reconcile.ts"

/** How a question ends: with its answer, or with a refusal of its row. */
export type Answer<Name extends QueryName> = Effect.Effect<
  QueryAnswerOf<Name>,
  RefusalOf<RefusalsOf<Name>> | StoreError
>

/** The questions as methods; each validates its input first. */
export type QueryMethods = {
  readonly [Name in QueryName]: (input: QueryInputOf<Name>) => Answer<Name>
}

/** The inventory's questions. */
export class InventoryQueries extends Context.Service<
  InventoryQueries,
  QueryMethods & {
    /** Asks a question that has been validated already, such as one that a schema decoded. */
    readonly ask: <Name extends QueryName>(name: Name, query: QueryOf<Name>) => Answer<Name>
  }
>()("@holdfast/core/inventory/InventoryQueries") {
  /** The questions over the reads of a store. */
  static readonly layer: Layer.Layer<InventoryQueries, never, StockReads> = Layer.effect(
    InventoryQueries,
    Effect.suspend(() =>
      Effect.gen(function* () {
        const copies = yield* Effect.serviceOption(StockCopies)
        return queriesOver(yield* StockReads, yield* joinedOptions, Option.getOrUndefined(copies))
      })
    )
  )

  /** The questions over the reads of a store, as a value. */
  static readonly over = (
    reads: StockReads["Service"],
    catalog: OptionMappings["Service"] = noCatalog,
    copies?: StockCopies["Service"]
  ): InventoryQueries["Service"] => queriesOver(reads, catalog, copies)
}

type Asked = { readonly [Name in QueryName]: (query: QueryOf<Name>) => Answer<Name> }

/** Where a page of each list ended. */
const cursors = {
  sku: cursor(Schema.Struct({ skuId: SkuId })),
  level: cursor(Schema.Struct({ skuId: SkuId, locationId: LocationId })),
  /** Holds and movements: the instant at which one was made, and its id. */
  hold: cursor(Schema.Struct({ createdAt: Instant, id: ReservationId })),
  movement: cursor(Schema.Struct({ createdAt: Instant, id: MovementId })),
  booking: cursor(Schema.Struct({ skuId: SkuId, createdAt: Instant, id: MovementId }))
}

const skuNotFound = (skuId: SkuId): Effect.Effect<never, RefusalOf<"SkuNotFound">> =>
  Effect.fail({ _tag: "SkuNotFound", skuIds: [skuId] })

const viewOf = ({ levels, sku }: ReadStock, withLocations = false) => {
  const status = stockStatus(sku, levels)
  return withLocations ? { ...status, locations: levelStatuses(sku, levels) } : status
}

const lists = (reads: StockReads["Service"]) => {
  const known = (skuId: SkuId) =>
    Effect.flatMap(reads.sku(skuId), (sku) =>
      sku === undefined ? skuNotFound(skuId) : Effect.void
    )

  /** A page of a list of what was made, which is empty for what nobody knows. */
  const made = <A extends { readonly createdAt: typeof Instant.Type; readonly id: string }, E>(
    ends: Cursor<Pick<A, "createdAt" | "id">>,
    { cursor: token, size = pageSizeDefault }: PageQuery,
    read: (
      position: Pick<A, "createdAt" | "id"> | null,
      limit: number
    ) => Effect.Effect<ReadonlyArray<A>, StoreError>,
    unlessKnown: Effect.Effect<void, E>
  ) =>
    after(positionOf(ends, token), (position) =>
      Effect.flatMap(read(position, size + 1), (rows) => {
        const page = cutPage(rows, size, ({ createdAt, id }) => ends.encode({ createdAt, id }))
        const isNothing = rows.length === 0 && position === null
        return isNothing ? Effect.as(unlessKnown, page) : Effect.succeed(page)
      })
    )

  return {
    skus: ({ code, cursor: token, size = pageSizeDefault }) =>
      after(positionOf(cursors.sku, token), (position) => {
        if (code === undefined) {
          return Effect.map(reads.skus(position?.skuId ?? null, size + 1), (skus) =>
            cutPage(skus, size, ({ id }) => cursors.sku.encode({ skuId: id }))
          )
        }
        return Effect.map(reads.skuByCode(code), (sku) => {
          const isOnPage = sku !== undefined && (position === null || sku.id > position.skuId)
          return { items: isOnPage ? [sku] : [], next: null }
        })
      }),
    movements: ({ locationId, reference, skuId, ...page }) =>
      made(
        cursors.movement,
        page,
        (before, limit) => reads.movements({ skuId, locationId, reference, before, limit }),
        known(skuId)
      ),
    movementsOfReference: ({ cursor: token, reference, size = pageSizeDefault }) =>
      after(positionOf(cursors.booking, token), (position) =>
        Effect.map(
          reads.movementsOfReference({ reference, after: position, limit: size + 1 }),
          (rows) =>
            cutPage(rows, size, ({ createdAt, id, skuId }) =>
              cursors.booking.encode({ skuId, createdAt, id })
            )
        )
      ),
    reservationsOfOrder: ({ orderId, ...page }) =>
      made(
        cursors.hold,
        page,
        (position, limit) => reads.reservationsOfOrder(orderId, { after: position, limit }),
        Effect.fail({ _tag: "OrderNotFound" as const, orderId })
      ),
    reservationsOfSku: ({ skuId, status = "open", ...page }) =>
      made(
        cursors.hold,
        page,
        (position, limit) => reads.reservationsOfSku({ skuId, status, after: position, limit }),
        known(skuId)
      ),
    events: ({ after: position, afterEventId, size = pageSizeDefault, ...filter }) =>
      eventsAfter(reads.events, { after: position, afterEventId, size, filter }),
    reconciledLevels: ({ cursor: token, size = pageSizeDefault }) =>
      after(positionOf(cursors.level, token), (position) =>
        Effect.map(reads.reconciled(position, size + 1), (levels) =>
          cutPage(levels, size, ({ locationId, skuId }) =>
            cursors.level.encode({ skuId, locationId })
          )
        )
      ),
    reconcilePart: ({ cursor: token, size = pageSizeDefault }) =>
      after(positionOf(cursors.level, token), (position) =>
        Effect.map(
          compareLevels(reads, { after: position, listMax: size, isPart: true }),
          ({ last, ...found }) => ({
            ...found,
            next: last === null ? null : cursors.level.encode(last)
          })
        )
      )
  } satisfies Partial<Asked>
}

const stocks = (reads: StockReads["Service"], copies: StockCopies["Service"]) => {
  const stockOf = (skuId: SkuId) =>
    Effect.flatMap(copies.stock([skuId]), ([stock]) => orElse(stock, skuNotFound(skuId)))

  const statusesOf = (skuIds: ReadonlyArray<SkuId>) => {
    const asked = [...new Set(skuIds)]
    return Effect.map(copies.stock(asked), (found) => {
      const known = new Map(found.map((stock) => [stock.sku.id, stock]))
      return {
        items: asked
          .flatMap((id) => known.get(id) ?? [])
          .map(({ levels, sku }) => stockStatus(sku, levels)),
        unknownSkuIds: asked.filter((id) => !known.has(id))
      }
    })
  }

  return {
    stock: ({ locations, skuId }) =>
      Effect.map(stockOf(skuId), (stock) => viewOf(stock, locations)),
    stockStatus: ({ skuIds }) =>
      Effect.map(statusesOf(skuIds), ({ items, unknownSkuIds }) => ({
        items: items.map(offeredStock),
        unknownSkuIds
      })),
    stocks: ({ skuIds }) => statusesOf(skuIds),
    heldOptions: ({ optionIds }) =>
      Effect.map(reads.heldOptions(optionIds), (held) => ({ optionIds: held })),
    levels: ({ skuId }) =>
      Effect.map(stockOf(skuId), ({ levels, sku }) => levelStatuses(sku, levels)),
    stockAsOf: Effect.fnUntraced(function* ({ at, locations = true, skuId }) {
      const [now] = yield* reads.stock([skuId])
      const { levels: levelsNow } = yield* orElse(now, skuNotFound(skuId))
      const { horizon, levels } = yield* reads.stockAsOf(skuId, at)
      if (horizon !== null) {
        return yield* Effect.fail({ _tag: "BeforeLedger" as const, skuId, at, horizon })
      }
      const promising = new Set(
        levelsNow.filter(({ isPromising }) => isPromising).map(({ level }) => level.locationId)
      )
      const totalQuantity = levels
        .filter(({ locationId }) => promising.has(locationId))
        .reduce((sum, level) => sum + level.totalQuantity, 0)
      const total = { skuId, at, totalQuantity }
      return locations ? { ...total, locations: levels } : total
    })
  } satisfies Partial<Asked>
}

const reports = (reads: StockReads["Service"]) =>
  ({
    mostMissed: (query) =>
      Effect.flatMap(Clock.currentTimeMillis, (millis) => {
        const { from, to, limit } = rankingOf(query, millis)
        return Effect.map(reads.mostMissed({ from, to, limit }), (items) => ({ from, to, items }))
      }),
    accuracy: () =>
      Effect.map(reads.checks, ({ last, underWay }) => ({
        lastCheck: last,
        underWay: underWay && {
          startedAt: underWay.startedAt,
          levels: underWay.levels,
          agreeing: underWay.agreeing
        }
      }))
  }) satisfies Partial<Asked>

const asked = (
  reads: StockReads["Service"],
  catalog: OptionMappings["Service"],
  copies: StockCopies["Service"]
): Asked => ({
  ...lists(reads),
  ...stocks(reads, copies),
  sku: ({ skuId }) => Effect.flatMap(reads.sku(skuId), (sku) => orElse(sku, skuNotFound(skuId))),
  location: ({ locationId }) =>
    Effect.flatMap(reads.locations, (locations) =>
      orElse(
        locations.find(({ id }) => id === locationId),
        Effect.fail({ _tag: "LocationNotFound" as const, locationIds: [locationId] })
      )
    ),
  locations: () => reads.locations,
  reservation: ({ reservationId }) =>
    Effect.flatMap(reads.reservations([reservationId]), ([reservation]) =>
      orElse(reservation, Effect.fail({ _tag: "ReservationNotFound" as const, reservationId }))
    ),
  order: ({ orderId }) =>
    Effect.flatMap(reads.placedOrders([orderId]), ([order]) =>
      orElse(order, Effect.fail({ _tag: "OrderNotPlaced" as const, orderId }))
    ),
  checkAvailability: (query) => Effect.provideService(checkOver(catalog, query), StockReads, reads),
  reconcile: ({ listMax }) => Effect.provideService(reconcile(listMax), StockReads, reads),
  ...reports(reads),
  ping: () => reads.ping
})

/** What is decided by, or follows the log, is answered with what is there now. */
const asOfNow: ReadonlySet<QueryName> = new Set<QueryName>([
  "checkAvailability",
  "events",
  "heldOptions",
  "ping"
])

const queriesOver = (
  reads: StockReads["Service"],
  catalog: OptionMappings["Service"],
  copies: StockCopies["Service"] = reads
): InventoryQueries["Service"] => {
  const trusted = asked(reads, catalog, copies)
  const answersFor = (principal: Principal | undefined): Asked =>
    principal !== undefined && isPlainUser(principal)
      ? asked(ownReads(reads, principal), catalog, copies)
      : trusted
  const ask: InventoryQueries["Service"]["ask"] = (name, query) =>
    ifPermitted({ name, permission: queryOperations[name].permission }, (principal) => {
      const answer = answersFor(principal)[name](query)
      return asOfNow.has(name) ? answer : mayLag(answer)
    })
  const answers = Object.fromEntries(
    Object.keys(queryOperations).map((name) => [
      name,
      (query: never) => ask(name as QueryName, query)
    ])
  )
  return InventoryQueries.of({
    ...(permittedMethods(
      queryOperations,
      questionMethods(queryOperations, answers) as unknown as QueryMethods
    ) as QueryMethods),
    ask
  })
}
