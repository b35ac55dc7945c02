/** The reads of the Promise door over the port of reads: each input is read, each page bounded. */
import * as Effect from "effect/Effect"
import type * as Result from "effect/Result"
import { type ReconciledLevel, type StockAsOf, StockReads } from "../inventory/ports/StockReads.ts"
import {
  checkAvailability,
  readAvailabilityQuery
} from "../inventory/services/checkAvailability.ts"
import { reconcile } from "../inventory/services/reconcile.ts"
import { levelStatuses, stockStatus } from "../inventory/state/StockStatus.ts"
import type { InvalidInput } from "../kernel/InvalidInput.ts"
import { type Page, pageSizeDefault } from "../kernel/Page.ts"
import type { InventoryReads } from "./HoldfastInventory.ts"
import type { EventPages, LoggedEvent } from "./InventoryEvents.ts"
import type {
  EventsOptions,
  HoldsOptions,
  MovementsOptions,
  PageOptions,
  ReadOptions
} from "./InventoryInputs.ts"
import type { CallFailure, PromiseCalls } from "./PromiseCalls.ts"
import { instantText, plainInput } from "./plainValues.ts"
import * as Read from "./readInputs.ts"

type Answer<A> = Effect.Effect<A, CallFailure>

/** Levels that one page of a reconciliation reads. */
const reconciledPage = 1_000

/** Goes on with an input that could be read. */
const withRead = <Input, A>(
  read: Result.Result<Input, InvalidInput>,
  answer: (input: Input) => Answer<A>
): Answer<A> => Effect.flatMap(Effect.fromResult(read), answer)

/** A page of what was read one item too far, so that its end is known. */
const pageOf = <A>(
  items: ReadonlyArray<A>,
  limit: number,
  cursorOf: (last: A) => string
): Page<A> => {
  const shown = items.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown,
    next: items.length > limit && last !== undefined ? cursorOf(last) : null
  }
}

const notFound = (skuId: string): Answer<never> =>
  Effect.fail({ _tag: "SkuNotFound", skuIds: [skuId] })

type AsOfLevels = Read.AsOf & Pick<StockAsOf, "levels">

/** What the port is asked, as effects. */
const questionsOver = (reads: StockReads["Service"]) => {
  const known = (skuId: string): Answer<void> =>
    Effect.flatMap(reads.sku(skuId), (sku) => (sku === undefined ? notFound(skuId) : Effect.void))

  const readStock = (skuId: string) =>
    Effect.flatMap(reads.stock([skuId]), ([stock]) =>
      stock === undefined ? notFound(skuId) : Effect.succeed(stock)
    )

  return {
    readStock,

    stocks: (skuIds: ReadonlyArray<string>) =>
      Effect.map(reads.stock([...new Set(skuIds)]), (stocks) => {
        const bySku = new Map(stocks.map((stock) => [stock.sku.id, stock]))
        return [...new Set(skuIds)].flatMap((skuId) => {
          const stock = bySku.get(skuId)
          return stock === undefined ? [] : [stockStatus(stock.sku, stock.levels)]
        })
      }),

    levels: (skuId: string) =>
      Effect.map(readStock(skuId), ({ levels, sku }) => levelStatuses(sku, levels)),

    skus: ({ cursor, limit = pageSizeDefault }: PageOptions) =>
      withRead(Read.skuPosition(cursor), (after) =>
        Effect.map(reads.skus(after?.skuId ?? null, limit + 1), (skus) =>
          pageOf(skus, limit, ({ id }) => Read.skuCursor.encode({ skuId: id }))
        )
      ),

    movements: (query: { readonly skuId: string } & MovementsOptions) =>
      withRead(
        Read.movementPosition(query.cursor),
        Effect.fnUntraced(function* (before) {
          const { limit = pageSizeDefault, locationId, skuId } = query
          const rows = yield* reads.movements({ skuId, locationId, before, limit: limit + 1 })
          if (rows.length === 0) yield* known(skuId)
          return pageOf(rows, limit, ({ createdAt, id }) =>
            Read.movementCursor.encode({ createdAt, id })
          )
        })
      ),

    reservationsOfOrder: (query: { readonly orderId: string } & PageOptions) =>
      withRead(Read.holdPosition(query.cursor), (after) => {
        const { limit = pageSizeDefault, orderId } = query
        return Effect.map(reads.reservationsOfOrder(orderId, { after, limit: limit + 1 }), (rows) =>
          pageOf(rows, limit, ({ createdAt, id }) => Read.holdCursor.encode({ createdAt, id }))
        )
      }),

    reservationsOfSku: (query: { readonly skuId: string } & HoldsOptions) =>
      withRead(
        Read.holdPosition(query.cursor),
        Effect.fnUntraced(function* (after) {
          const { limit = pageSizeDefault, skuId, status = "open" } = query
          const rows = yield* reads.reservationsOfSku({ skuId, status, after, limit: limit + 1 })
          if (rows.length === 0) yield* known(skuId)
          return pageOf(rows, limit, ({ createdAt, id }) =>
            Read.holdCursor.encode({ createdAt, id })
          )
        })
      ),

    stockAsOf: ({ at, skuId }: Read.AsOf) =>
      Effect.flatMap(reads.stockAsOf(skuId, at), ({ horizon, levels }): Answer<AsOfLevels> => {
        if (horizon !== null) return Effect.fail({ _tag: "BeforeLedger", skuId, at, horizon })
        const answer = { skuId, at, levels }
        return levels.length > 0 ? Effect.succeed(answer) : Effect.as(known(skuId), answer)
      })
  }
}

type EventPage = ReadonlyArray<LoggedEvent>

/**
 * What a read of events gives: one page when it is awaited, one page after another when it is
 * iterated. Nothing is read before one of the two is done.
 */
const eventPages = (
  options: EventsOptions | undefined,
  read: (options: EventsOptions | undefined) => Promise<EventPage>
): EventPages => {
  let first: Promise<EventPage> | undefined
  const page = () => {
    first ??= read(options)
    return first
  }
  return {
    then: (onPage, onError) => page().then(onPage, onError),
    catch: (onError) => page().catch(onError),
    finally: (onEnd) => page().finally(onEnd),
    [Symbol.toStringTag]: "EventPages",
    async *[Symbol.asyncIterator]() {
      let events = await read(options)
      while (true) {
        const last = events.at(-1)
        if (last === undefined) return
        yield events
        if (events.length < (options?.limit ?? pageSizeDefault)) return
        events = await read({ ...options, after: last.position })
      }
    }
  }
}

/** The reads as methods. */
export const promiseReads = (reads: StockReads["Service"], calls: PromiseCalls): InventoryReads => {
  const questions = questionsOver(reads)
  const ask = <A>(method: string, options: ReadOptions | undefined, answer: () => Answer<A>) =>
    calls.call(method, Read.readReadOptions(options ?? {}), answer)
  const askBy = <Input, A>(
    method: string,
    read: Result.Result<Input, InvalidInput>,
    options: ReadOptions | undefined,
    answer: (input: Input) => Answer<A>
  ) => ask(method, options, () => withRead(read, answer))
  /** For reads whose options say more than a signal; the rest is read like an input. */
  const askWith = <Input, A>(
    method: string,
    options: ReadOptions | undefined,
    read: (rest: object) => Result.Result<Input, InvalidInput>,
    answer: (input: Input) => Answer<A>
  ) => calls.call(method, Read.takeSignal(options ?? {}), (rest) => withRead(read(rest), answer))

  const eventPage = (options?: EventsOptions) =>
    askWith(
      "events",
      options,
      Read.readEventsQuery,
      ({ after = 0, limit = pageSizeDefault, ...filter }) => reads.events(after, limit, filter)
    )

  async function* reconciledLevels(options?: ReadOptions): AsyncGenerator<ReconciledLevel> {
    let after: ReconciledLevel | null = null
    while (true) {
      const page: ReadonlyArray<ReconciledLevel> = await ask("reconciledLevels", options, () =>
        reads.reconciled(after, reconciledPage)
      )
      yield* page
      after = page.at(-1) ?? null
      if (page.length < reconciledPage) return
    }
  }

  return {
    sku: (skuId, options) =>
      askBy("sku", Read.readSkuId({ skuId }), options, (it) => reads.sku(it.skuId)),
    skuByCode: (code, options) =>
      askBy("skuByCode", Read.readCode({ code }), options, (it) => reads.skuByCode(it.code)),
    skus: (options) => askWith("skus", options, Read.readPage, questions.skus),
    stock: (skuId, options) =>
      askBy("stock", Read.readSkuId({ skuId }), options, (it) =>
        Effect.map(questions.readStock(it.skuId), ({ levels, sku }) => stockStatus(sku, levels))
      ),
    stocks: (skuIds, options) =>
      askBy("stocks", Read.readSkuIds({ skuIds }), options, (it) => questions.stocks(it.skuIds)),
    levels: (skuId, options) =>
      askBy("levels", Read.readSkuId({ skuId }), options, (it) => questions.levels(it.skuId)),
    locations: (options) => ask("locations", options, () => reads.locations),
    reservation: (reservationId, options) =>
      askBy("reservation", Read.readReservationId({ reservationId }), options, (it) =>
        reads.reservation(it.reservationId)
      ),
    reservationsOfOrder: (orderId, options) =>
      askWith(
        "reservationsOfOrder",
        options,
        (rest) => Read.both(Read.readOrderId({ orderId }), Read.readPage(rest)),
        questions.reservationsOfOrder
      ),
    checkAvailability: (input, options) =>
      askBy("checkAvailability", readAvailabilityQuery(plainInput(input)), options, (query) =>
        Effect.provideService(checkAvailability(query), StockReads, reads)
      ),
    reservationsOfSku: (skuId, options) =>
      askWith(
        "reservationsOfSku",
        options,
        (rest) => Read.both(Read.readSkuId({ skuId }), Read.readHoldsPage(rest)),
        questions.reservationsOfSku
      ),
    movements: (skuId, options) =>
      askWith(
        "movements",
        options,
        (rest) => Read.both(Read.readSkuId({ skuId }), Read.readLedgerPage(rest)),
        questions.movements
      ),
    stockAsOf: (skuId, at, options) =>
      askBy(
        "stockAsOf",
        Read.readAsOf({ skuId, at: instantText(at) }),
        options,
        questions.stockAsOf
      ),
    events: (options) => eventPages(options, eventPage),
    reconcile: (options) =>
      ask("reconcile", options, () => Effect.provideService(reconcile(), StockReads, reads)),
    reconciledLevels,
    ping: (options) => ask("ping", options, () => reads.ping)
  }
}
