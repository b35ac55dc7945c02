/**
 * The bridge: any layer of the catalog as the Promise API. The layer is built once, before the promise
 * of the API resolves, and ended by `close`. What it returns has no type of Effect.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { CatalogRefusal } from "../../catalog/messages/CatalogError.ts"
import { EventType, readKept } from "../../catalog/messages/CatalogEvent.ts"
import {
  type QueryAnswerOf,
  type QueryInputOf,
  type QueryName,
  queryOperations
} from "../../catalog/messages/queryOperations.ts"
import { refusalSentences } from "../../catalog/messages/refusalSentences.ts"
import { CatalogCopies } from "../../catalog/ports/CatalogCopies.ts"
import { CatalogLog } from "../../catalog/ports/CatalogLog.ts"
import { CatalogReads } from "../../catalog/ports/CatalogReads.ts"
import { StockStatus } from "../../catalog/ports/StockStatus.ts"
import { Catalog } from "../../catalog/services/Catalog.ts"
import { CatalogQueries } from "../../catalog/services/CatalogQueries.ts"
import { methodTags } from "../../catalog/services/catalogMethods.ts"
import type { EventLog } from "../../events/EventLog.ts"
import { eventOperations } from "../../events/eventOperations.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { MakeError } from "../engine/errorsOfCalls.ts"
import { eventPages } from "../engine/eventPages.ts"
import { type EffectMethods, openDoor, promised } from "../engine/methodsToPromises.ts"
import {
  type ContextCalls,
  callsAs,
  type TransactionCaller,
  transactionCalls
} from "../engine/PromiseCalls.ts"
import { instantText, plainInput } from "../engine/plainValues.ts"
import { questionReader } from "../engine/questionReader.ts"
import type { Principal, ReadOptions } from "../engine/RequestOptions.ts"
import { ofOptions, takeDemands } from "../engine/readOptions.ts"
import { subscribing } from "../engine/subscribing.ts"
import { HoldfastError } from "../inventory/HoldfastError.ts"
import type { HoldfastErrorDetails } from "../inventory/HoldfastErrorDetails.ts"
import type { CatalogEventsOptions, LoggedCatalogEvent } from "./CatalogEvents.ts"
import type { CatalogReports } from "./CatalogReports.ts"
import { type CatalogServices, withServices } from "./catalogServices.ts"
import type {
  CatalogCalls,
  CatalogCommands,
  CatalogDoor,
  CatalogSubscriptions,
  HoldfastCatalog,
  CatalogReads as PlainReads
} from "./HoldfastCatalog.ts"

const sentences: { readonly [code: string]: ((details: never) => string) | undefined } =
  refusalSentences

/** The errors of the catalog: its refusals have the sentences that they have at every door. */
export const makeCatalogError: MakeError = (code, details, options) => {
  const sentence = Object.hasOwn(sentences, code) ? sentences[code] : undefined
  const message = sentence === undefined ? {} : { message: sentence(details as never) }
  return new HoldfastError(code, details as HoldfastErrorDetails[typeof code], {
    ...message,
    ...options
  })
}

/** The input of a command as the engine reads it: times of publication may be a `Date`. */
const plainCommand = (input: unknown): unknown => {
  const plain = plainInput(input)
  if (typeof plain !== "object" || plain === null) return plain
  const fields: Record<string, unknown> = { ...plain }
  for (const name of ["publishAt", "unpublishAt"]) {
    if (name in fields) fields[name] = instantText(fields[name])
  }
  return fields
}

type ReadFailure = CatalogRefusal | StoreError

const absent = new Set<ReadFailure["_tag"]>(["ProductNotFound", "SlugNotFound"])

/** A single thing that is not there is answered with undefined. */
const orUndefined = <A>(
  answer: Effect.Effect<A, ReadFailure>,
  tags: ReadonlySet<ReadFailure["_tag"]> = absent
): Effect.Effect<A | undefined, ReadFailure> =>
  Effect.catch(answer, (failure) =>
    tags.has(failure._tag) ? Effect.succeed(undefined) : Effect.fail(failure)
  )

const promiseReads = (
  queries: CatalogQueries["Service"],
  log: Pick<EventLog, "watch">,
  calls: ContextCalls
): PlainReads & CatalogReports => {
  const asking = <Name extends QueryName>(
    name: Name,
    argumentNames: ReadonlyArray<keyof QueryInputOf<Name> & string>
  ) => {
    const read = questionReader<QueryInputOf<Name>>(
      queryOperations[name].input.fields,
      argumentNames
    )
    // What a field alone cannot show is refused by the whole question.
    const ask = queries[name] as (
      input: QueryInputOf<Name>
    ) => Effect.Effect<QueryAnswerOf<Name>, ReadFailure>
    const isOfOptions = argumentNames.length === 0
    return <B>(
      given: object,
      options: ReadOptions | undefined,
      view: (
        answer: Effect.Effect<QueryAnswerOf<Name>, ReadFailure>
      ) => Effect.Effect<B, ReadFailure>
    ) =>
      calls.call(name, takeDemands(options ?? {}), (rest) =>
        view(
          Effect.flatMap(Effect.fromResult(read(plainInput(given), rest)), (query) =>
            Effect.mapError(ask(query), (failure) =>
              failure._tag === "InvalidInput" && isOfOptions ? ofOptions(failure) : failure
            )
          )
        )
      )
  }
  const same = <A>(answer: Effect.Effect<A, ReadFailure>) => answer
  const product = asking("product", ["productId"])
  const productBySlug = asking("productBySlug", ["slug"])
  const productsByIds = asking("productsByIds", ["productIds"])
  const products = asking("products", [])
  const category = asking("category", ["categoryId"])
  const categoryTree = asking("categoryTree", [])
  const attribute = asking("attribute", ["attributeId"])
  const attributes = asking("attributes", [])
  const skuMappings = asking("skuMappings", ["skuIds", "optionIds"])
  const byExternalIds = asking("byExternalIds", ["kind", "externalIds"])
  const events = asking("events", [])
  const mostViewed = asking("mostViewed", [])
  const ping = asking("ping", [])
  const noAttribute = new Set<ReadFailure["_tag"]>(["AttributeNotFound"])
  const noCategory = new Set<ReadFailure["_tag"]>(["CategoryNotFound"])
  const reads = {
    product: (productId, options) => product({ productId }, options, orUndefined),
    productBySlug: (slug, options) => productBySlug({ slug }, options, orUndefined),
    productsByIds: (productIds, options) => productsByIds({ productIds }, options, same),
    products: (options) => products({}, options, same),
    category: (categoryId, options) =>
      category({ categoryId }, options, (answer) => orUndefined(answer, noCategory)),
    categoryTree: (options) => categoryTree({}, options, same),
    attribute: (attributeId, options) =>
      attribute({ attributeId }, options, (answer) => orUndefined(answer, noAttribute)),
    attributes: (options) => attributes({}, options, same),
    skuMappings: (of, options) => skuMappings(of, options, same),
    byExternalIds: (kind, externalIds, options) =>
      byExternalIds({ kind, externalIds }, options, same),
    events: (options) =>
      eventPages<LoggedCatalogEvent, CatalogEventsOptions>(
        options,
        ({ follow: _, ...asked }) =>
          events(
            {},
            asked,
            Effect.map(({ items }) => items)
          ) as Promise<ReadonlyArray<LoggedCatalogEvent>>,
        log,
        calls
      ),
    mostViewed: (options) => mostViewed({}, options, same),
    ping: (options) => ping({}, options, same)
  } satisfies PlainReads & CatalogReports
  return reads
}

const promiseCommands = (
  catalogOf: Effect.Effect<Catalog["Service"]>,
  calls: ContextCalls
): CatalogCommands =>
  promised(
    Object.keys(methodTags),
    catalogOf as Effect.Effect<unknown> as Effect.Effect<EffectMethods>,
    calls,
    plainCommand
  ) as unknown as CatalogCommands

/**
 * The commands of an engine that needs no opening and no closing, such as one that lives inside a
 * host's own transaction. A call that is aborted rejects once it no longer uses the transaction. Under a `principal`, permission is
 * asked; throws `InvalidInput` for one that cannot be read.
 */
export const catalogCommandsToPromises = (
  catalog: Effect.Effect<Catalog["Service"]>,
  caller: TransactionCaller = {}
): CatalogCommands => promiseCommands(catalog, transactionCalls(makeCatalogError, caller))

/** The catalog as promises, over the calls of an open door. */
export const promiseCatalog = (
  context: Context.Context<CatalogServices>,
  calls: ContextCalls
): CatalogDoor => {
  const { subscribe } = eventOperations
  const as = (principal: Principal) =>
    catalogCalls(context, callsAs(calls, principal, makeCatalogError, { subscribe }))
  return withServices({ ...catalogCalls(context, calls), as }, context)
}

const catalogCalls = (
  context: Context.Context<CatalogServices>,
  calls: ContextCalls
): CatalogCalls => {
  const commands = promiseCommands(Effect.succeed(Context.get(context, Catalog)), calls)
  const log = Context.get(context, CatalogLog)
  const queries = CatalogQueries.over(
    Context.get(context, CatalogReads),
    Context.get(context, StockStatus),
    Option.getOrUndefined(
      Context.getOption(context as Context.Context<CatalogServices | CatalogCopies>, CatalogCopies)
    )
  )
  const subscribe = subscribing(
    { log, read: readKept, type: EventType },
    calls
  ) as CatalogSubscriptions["subscribe"]
  const reads = promiseReads(queries, log, calls)
  return { ...commands, ...reads, subscribe }
}

/**
 * Opens the layer of a catalog and gives it as promises. Rejects with a `HoldfastError` of code
 * `StartFailed`, or the store's own reason, when the layer cannot be built; nothing stays open then.
 */
export const catalogToPromises = async <E>(
  layer: Layer.Layer<CatalogServices, E>
): Promise<HoldfastCatalog> => {
  const { catalog, ...door } = await openDoor(layer, makeCatalogError, (context, calls) => ({
    catalog: promiseCatalog(context, calls)
  }))
  return Object.assign(catalog, door)
}
