/** What requests are answered with, and an operation that is ready to be. */
import type { Admitted, DoorHost } from "@holdfast/http"
import type * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import type { GraphQLSchema, OperationDefinitionNode } from "graphql"
import type { Asked } from "../reading/Asked.ts"
import type { Prepared, Read } from "./Documents.ts"
import type { Limits } from "./Limits.ts"
import type { AskedOperation } from "./requests.ts"

/** What requests are answered with. */
export interface Serving {
  readonly schema: GraphQLSchema
  readonly limits: Limits
  readonly read: (query: string) => Read
  /** The text of a document that is asked for by its id. */
  readonly persisted: ReadonlyMap<string, string>
  /** Whether no other documents are taken. */
  readonly persistedOnly: boolean
  /** For how many seconds a client need not ask again what it asked by GET. */
  readonly cacheSeconds: number
  /** The page to try queries with, in development. */
  readonly page: HttpServerResponse | undefined
  readonly host: DoorHost
  /** `isCurrent` says that what was written or happened just now is read: by no replica. */
  readonly askedOf: (
    request: HttpServerRequest,
    admitted: Admitted,
    about: { readonly signal: AbortSignal; readonly isCurrent: boolean }
  ) => Effect.Effect<Asked>
}

/** An operation that may be executed. */
export interface Ready {
  readonly document: Prepared
  readonly operation: OperationDefinitionNode
  readonly asked: AskedOperation
}
