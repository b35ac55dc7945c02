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
import type { HoldsOptions, MovementsOptions, PageOptions, ReadOptions } from "./InventoryInputs.ts"
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

/** The reads as methods. */
export const promiseReads = (reads: StockReads["Service"], calls: PromiseCalls): InventoryReads => {
  const questions = questionsOver(reads)
  const ask = <A>(options: ReadOptions | undefined, answer: () => Answer<A>) =>
    calls.call(Read.readReadOptions(options ?? {}), answer)
  const askBy = <Input, A>(
    read: Result.Result<Input, InvalidInput>,
    options: ReadOptions | undefined,
    answer: (input: Input) => Answer<A>
  ) => ask(options, () => withRead(read, answer))
  /** For reads whose options say more than a signal; the rest is read like an input. */
  const askWith = <Input, A>(
    options: ReadOptions | undefined,
    read: (rest: object) => Result.Result<Input, InvalidInput>,
    answer: (input: Input) => Answer<A>
  ) => calls.call(Read.takeSignal(options ?? {}), (rest) => withRead(read(rest), answer))

  async function* reconciledLevels(options?: ReadOptions): AsyncGenerator<ReconciledLevel> {
    let after: ReconciledLevel | null = null
    while (true) {
      const page: ReadonlyArray<ReconciledLevel> = await ask(options, () =>
        reads.reconciled(after, reconciledPage)
      )
      yield* page
      after = page.at(-1) ?? null
      if (page.length < reconciledPage) return
    }
  }

  return {
    sku: (skuId, options) => askBy(Read.readSkuId({ skuId }), options, (it) => reads.sku(it.skuId)),
    skuByCode: (code, options) =>
      askBy(Read.readCode({ code }), options, (it) => reads.skuByCode(it.code)),
    skus: (options) => askWith(options, Read.readPage, questions.skus),
    stock: (skuId, options) =>
      askBy(Read.readSkuId({ skuId }), options, (it) =>
        Effect.map(questions.readStock(it.skuId), ({ levels, sku }) => stockStatus(sku, levels))
      ),
    stocks: (skuIds, options) =>
      askBy(Read.readSkuIds({ skuIds }), options, (it) => questions.stocks(it.skuIds)),
    levels: (skuId, options) =>
      askBy(Read.readSkuId({ skuId }), options, (it) => questions.levels(it.skuId)),
    locations: (options) => ask(options, () => reads.locations),
    reservation: (reservationId, options) =>
      askBy(Read.readReservationId({ reservationId }), options, (it) =>
        reads.reservation(it.reservationId)
      ),
    reservationsOfOrder: (orderId, options) =>
      askWith(
        options,
        (rest) => Read.both(Read.readOrderId({ orderId }), Read.readPage(rest)),
        questions.reservationsOfOrder
      ),
    checkAvailability: (input, options) =>
      askBy(readAvailabilityQuery(plainInput(input)), options, (query) =>
        Effect.provideService(checkAvailability(query), StockReads, reads)
      ),
    reservationsOfSku: (skuId, options) =>
      askWith(
        options,
        (rest) => Read.both(Read.readSkuId({ skuId }), Read.readHoldsPage(rest)),
        questions.reservationsOfSku
      ),
    movements: (skuId, options) =>
      askWith(
        options,
        (rest) => Read.both(Read.readSkuId({ skuId }), Read.readLedgerPage(rest)),
        questions.movements
      ),
    stockAsOf: (skuId, at, options) =>
      askBy(Read.readAsOf({ skuId, at: instantText(at) }), options, questions.stockAsOf),
    events: (options) =>
      askWith(options, Read.readEventsQuery, ({ after = 0, limit = pageSizeDefault, ...filter }) =>
        reads.events(after, limit, filter)
      ),
    reconcile: (options) =>
      ask(options, () => Effect.provideService(reconcile(), StockReads, reads)),
    reconciledLevels,
    ping: (options) => ask(options, () => reads.ping)
  }
}
