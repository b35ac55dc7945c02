/**
 * The reads of the Promise door: each method is a question, its arguments and options are read, and
 * its answer is given as plain values. `InventoryQueries` decides what a question means.
 */
import * as Effect from "effect/Effect"
import type { EventLog } from "../../events/EventLog.ts"
import type { InventoryRefusal } from "../../inventory/messages/InventoryError.ts"
import {
  type QueryAnswerOf,
  type QueryName,
  type QueryOf,
  queryOperations
} from "../../inventory/messages/queryOperations.ts"
import type { InventoryQueries } from "../../inventory/services/InventoryQueries.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import { eventPages } from "../engine/eventPages.ts"
import type { ContextCalls } from "../engine/PromiseCalls.ts"
import { instantText, plainInput } from "../engine/plainValues.ts"
import { questionReader, type ReadQuestion } from "../engine/questionReader.ts"
import type { ReadOptions } from "../engine/RequestOptions.ts"
import { ofOptions, takeDemands } from "../engine/readOptions.ts"
import type { InventoryReads } from "./HoldfastInventory.ts"
import type { ReconciledLevel } from "./InventoryAnswers.ts"
import type { LoggedEvent } from "./InventoryEvents.ts"
import type { EventsOptions, PageOptions } from "./InventoryInputs.ts"
import type { InventoryReports } from "./InventoryReports.ts"

/** A question as a method asks it. */
interface Question<Name extends QueryName> {
  readonly method: string
  readonly name: Name
  readonly read: ReadQuestion<QueryOf<Name>>
}

/** A question whose fields are spread over the arguments and the options of a method. */
const question = <Name extends QueryName>(
  name: Name,
  argumentNames: ReadonlyArray<keyof QueryOf<Name> & string>,
  about: {
    /** The name of the method; that of the question unless it is given. */
    readonly method?: string
    readonly options?: ReadonlyArray<keyof QueryOf<Name> & string>
  } = {}
): Question<Name> => ({
  method: about.method ?? name,
  name,
  read: questionReader(queryOperations[name].input.fields, argumentNames, about.options)
})

/** What may end a read, short of a defect. */
type ReadFailure = InventoryRefusal | StoreError

/** How each method spreads its question over arguments and options. */
const questions = {
  sku: question("sku", ["skuId"]),
  skuByCode: question("skus", ["code"], { method: "skuByCode", options: [] }),
  skus: question("skus", []),
  stock: question("stock", ["skuId"]),
  stockStatus: question("stockStatus", ["skuIds"]),
  stocks: question("stocks", ["skuIds"]),
  levels: question("levels", ["skuId"]),
  locations: question("locations", []),
  reservation: question("reservation", ["reservationId"]),
  reservationsOfOrder: question("reservationsOfOrder", ["orderId"]),
  order: question("order", ["orderId"]),
  reservationsOfSku: question("reservationsOfSku", ["skuId"]),
  checkAvailability: question("checkAvailability", ["lines", "orderId"]),
  movements: question("movements", ["skuId"]),
  movementsOfReference: question("movementsOfReference", ["reference"]),
  stockAsOf: question("stockAsOf", ["skuId", "at"]),
  events: question("events", []),
  reconcile: question("reconcile", []),
  reconciledLevels: question("reconciledLevels", []),
  mostMissed: question("mostMissed", []),
  accuracy: question("accuracy", []),
  ping: question("ping", [])
}

const absent = new Set<ReadFailure["_tag"]>([
  "SkuNotFound",
  "ReservationNotFound",
  "OrderNotPlaced"
])

/** A single thing that is not there is answered with undefined. */
const orUndefined = <A>(
  answer: Effect.Effect<A, ReadFailure>
): Effect.Effect<A | undefined, ReadFailure> =>
  Effect.catch(answer, (failure) =>
    absent.has(failure._tag) ? Effect.succeed(undefined) : Effect.fail(failure)
  )

/** The reads as methods. */
export const promiseReads = (
  queries: InventoryQueries["Service"],
  log: Pick<EventLog, "watch">,
  calls: ContextCalls
): InventoryReads & InventoryReports => {
  /** A question that was read can be refused for its cursor only, and the cursor is an option. */
  const answerTo = <Name extends QueryName>(name: Name, query: QueryOf<Name>) => {
    const answer: Effect.Effect<QueryAnswerOf<Name>, ReadFailure> = queries.ask(name, query)
    return Effect.mapError(answer, (failure) =>
      failure._tag === "InvalidInput" ? ofOptions(failure) : failure
    )
  }
  const askFor = <Name extends QueryName, B>(
    { method, name, read }: Question<Name>,
    given: unknown,
    options: ReadOptions | undefined,
    view: (answer: Effect.Effect<QueryAnswerOf<Name>, ReadFailure>) => Effect.Effect<B, ReadFailure>
  ) =>
    calls.call(method, takeDemands(options ?? {}), (rest) =>
      view(Effect.flatMap(Effect.fromResult(read(given, rest)), (query) => answerTo(name, query)))
    )
  const ask = <Name extends QueryName>(
    asked: Question<Name>,
    given: unknown,
    options: ReadOptions | undefined
  ) => askFor(asked, given, options, (answer) => answer)

  const pageOf = ({ follow: _, ...options }: EventsOptions) =>
    askFor(
      questions.events,
      {},
      options,
      Effect.map(({ items }) => items)
    )

  async function* reconciledLevels(options?: PageOptions): AsyncGenerator<ReconciledLevel> {
    let cursor = options?.cursor ?? null
    do {
      const asked = { size: 1_000, ...options, cursor }
      const { items, next } = await ask(questions.reconciledLevels, {}, asked)
      yield* items
      cursor = next
    } while (cursor !== null)
  }

  return {
    sku: (skuId, options) => askFor(questions.sku, { skuId }, options, orUndefined),
    skuByCode: (code, options) =>
      askFor(
        questions.skuByCode,
        { code },
        options,
        Effect.map(({ items: [sku] }) => sku)
      ),
    skus: (options) => ask(questions.skus, {}, options),
    stock: (skuId, options) => ask(questions.stock, { skuId }, options),
    stockStatus: (skuIds, options) =>
      askFor(
        questions.stockStatus,
        { skuIds },
        options,
        Effect.map(({ items }) => items)
      ),
    stocks: (skuIds, options) =>
      askFor(
        questions.stocks,
        { skuIds },
        options,
        Effect.map(({ items }) => items)
      ),
    levels: (skuId, options) => ask(questions.levels, { skuId }, options),
    locations: (options) => ask(questions.locations, {}, options),
    reservation: (reservationId, options) =>
      askFor(questions.reservation, { reservationId }, options, orUndefined),
    reservationsOfOrder: (orderId, options) =>
      ask(questions.reservationsOfOrder, { orderId }, options),
    order: (orderId, options) => askFor(questions.order, { orderId }, options, orUndefined),
    reservationsOfSku: (skuId, options) => ask(questions.reservationsOfSku, { skuId }, options),
    checkAvailability: (input, options) =>
      ask(questions.checkAvailability, plainInput(input), options),
    movements: (skuId, options) => ask(questions.movements, { skuId }, options),
    movementsOfReference: (reference, options) =>
      ask(questions.movementsOfReference, { reference }, options),
    stockAsOf: (skuId, at, options) =>
      ask(questions.stockAsOf, { skuId, at: instantText(at) }, options),
    events: (options) => eventPages<LoggedEvent, EventsOptions>(options, pageOf, log, calls),
    reconcile: (options) => ask(questions.reconcile, {}, options),
    reconciledLevels,
    mostMissed: (options) => ask(questions.mostMissed, {}, options),
    accuracy: (options) => ask(questions.accuracy, {}, options),
    ping: (options) => ask(questions.ping, {}, options)
  }
}
