/**
 * Another door beside the REST API, at a path of its own, such as a GraphQL API. It is guarded, limited
 * and asked who sends a request as the REST API is. A package of its own makes it; this one knows no
 * other door.
 */
import type { PermittedOperation } from "@holdfast/core/access"
import type { CatalogServices } from "@holdfast/core/catalog"
import type { Caller } from "@holdfast/core/engine"
import type { InventoryServices } from "@holdfast/core/inventory"
import type { Outcome } from "@holdfast/core/tracing"
import type * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import type * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type { Followed } from "../events/beginStream.ts"
import type { ContextName } from "../events/contexts.ts"
import type { Place } from "../events/serverSentEvents.ts"

/** The methods that a door may take. */
export type DoorMethod = "GET" | "POST"

/** Another door. */
export interface HttpDoor {
  /** Where it is, under the base path; a fixed path, such as `/graphql`. */
  readonly path: `/${string}`
  readonly methods: ReadonlyArray<DoorMethod>
  /** Opens it over what is served. */
  readonly open: (host: DoorHost) => Effect.Effect<DoorHandler, never, Scope.Scope>
}

/** Answers a request. What it answers with status 400 and above is sent as it is. */
export type DoorHandler = (
  request: HttpServerRequest
) => Effect.Effect<HttpServerResponse, never, Scope.Scope>

/** What a door is opened over. */
export interface DoorHost {
  readonly inventory: Context.Context<InventoryServices> | undefined
  readonly catalog: Context.Context<CatalogServices> | undefined
  /** Where the API lives; empty at the root. */
  readonly basePath: string
  /** Lines that one request may carry. */
  readonly requestLinesMax: number
  /** After how long a silent stream gets a comment, in milliseconds. */
  readonly heartbeatMillis: number
  /** Finds out who sends a request, or how to answer one for whom nobody vouches. */
  readonly admit: (
    request: HttpServerRequest
  ) => Effect.Effect<Result.Result<Admitted, HttpServerResponse>>
  /** Reads a body of JSON; the response refuses one that cannot be read. */
  readonly readBody: (
    request: HttpServerRequest
  ) => Effect.Effect<Result.Result<unknown, HttpServerResponse>>
  /**
   * Takes a place among the event streams until the scope closes, and follows a log after a place,
   * or from now on; the response says why it cannot.
   */
  readonly follow: (
    context: ContextName,
    after: Place | undefined
  ) => Effect.Effect<Result.Result<Followed, HttpServerResponse>, never, Scope.Scope>
  /** Waits until who sent a request may not do an operation any more; it asks again and again. */
  readonly untilRefused: (
    request: HttpServerRequest,
    operation: PermittedOperation
  ) => Effect.Effect<void>
  /** Waits until streams have to end, since the server leaves. */
  readonly streamsEnded: Effect.Effect<void>
  /** Notes what only the door knows of a request, for its line of the access log. A failure stays one. */
  readonly note: (
    request: HttpServerRequest,
    notes: { readonly operation?: string; readonly outcome?: Outcome }
  ) => void
}

/** What is done by a request, as far as limits go. */
export type DrawnKind = "reads" | "writes"

/** A request of somebody who was found out. */
export interface Admitted {
  readonly caller: Caller
  /** Draws from the limits as so many requests would; the response refuses the request. */
  readonly draw: (kind: DrawnKind, count: number) => Effect.Effect<HttpServerResponse | undefined>
  /** Records that an operation was denied. */
  readonly denied: (denied: DeniedOperation) => Effect.Effect<void>
}

/** An operation that was denied. */
export interface DeniedOperation {
  readonly context: "inventory" | "catalog"
  readonly operation: string
  readonly reason: string
  /** What it was about, as `SKU:mug`. */
  readonly targets: ReadonlyArray<string>
}
