/** SERVICE. The contexts that an API serves, each with its log, for the routes that all have alike. */
import { CatalogLog, CatalogQueries } from "@holdfast/core/catalog"
import type { AnyEvent, EventLog, LoggedEvent } from "@holdfast/core/events"
import {
  InventoryLog,
  InventoryQueries,
  type InventoryRefusal,
  type StoreError
} from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { ContextName } from "./contexts.ts"

/** Which page of a log is asked for. */
export interface PageQuery {
  readonly after?: number
  readonly size?: number
  readonly types?: ReadonlyArray<string>
  readonly aggregateIds?: ReadonlyArray<string>
  readonly orderId?: string
}

/** A context that is served. */
export interface ServedContext {
  readonly context: ContextName
  readonly log: EventLog
  /** A page of its log. The types of events that are asked for must be its own. */
  readonly page: (
    query: PageQuery
  ) => Effect.Effect<
    { readonly items: ReadonlyArray<LoggedEvent<AnyEvent>>; readonly next: number },
    InventoryRefusal | StoreError
  >
  /** Fails when its store cannot be reached. */
  readonly ping: Effect.Effect<void, InventoryRefusal | StoreError>
}

/** The contexts that are served: at least one. */
export class ServedContexts extends Context.Service<ServedContexts, ReadonlyArray<ServedContext>>()(
  "@holdfast/http/events/ServedContexts"
) {}

/** The inventory as one of them. */
export const servedInventory: Effect.Effect<ServedContext, never, InventoryLog | InventoryQueries> =
  Effect.gen(function* () {
    const queries = yield* InventoryQueries
    return {
      context: "inventory",
      log: yield* InventoryLog,
      page: (query) => queries.ask("events", query as Parameters<typeof queries.ask<"events">>[1]),
      ping: Effect.asVoid(queries.ask("ping", {}))
    }
  })

/** The catalog as one of them. */
export const servedCatalog: Effect.Effect<ServedContext, never, CatalogLog | CatalogQueries> =
  Effect.gen(function* () {
    const queries = yield* CatalogQueries
    return {
      context: "catalog",
      log: yield* CatalogLog,
      page: ({ orderId: _, ...query }) =>
        queries.ask("events", query as Parameters<typeof queries.ask<"events">>[1]),
      ping: Effect.asVoid(queries.ask("ping", {}))
    }
  })
