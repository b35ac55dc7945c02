/**
 * The API that is served: the whole one, or that of a host with one context alone. Its routes, its
 * document and its page for people agree.
 */
import * as Context from "effect/Context"
import type * as HttpRouter from "effect/http/HttpRouter"
import type * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSwagger from "effect/http-api/HttpApiSwagger"
import * as OpenApi from "effect/http-api/OpenApi"
import type * as Layer from "effect/Layer"
import type { HttpDoor } from "../../doors/HttpDoor.ts"
import type { ContextName } from "../../events/contexts.ts"
import {
  CatalogApi,
  ContextsApi,
  describedApi,
  HoldfastApi,
  InventoryApi
} from "../../HoldfastApi.ts"
import type { HttpSettings } from "../HttpOptions.ts"
import { type KnownRoutes, knownRoutesOf } from "./knownRoutes.ts"

/** How a server describes its API. */
export type Described = Parameters<typeof describedApi>[1]

/** What a server says of itself: its base path, and whether it asks who sends a request. */
export const describedBy = ({ authenticate, basePath }: HttpSettings["Service"]): Described => ({
  basePath,
  isAsking: authenticate !== undefined
})

/** The API that is served. */
export class ServedApi extends Context.Service<
  ServedApi,
  KnownRoutes & {
    /** The OpenAPI document. */
    readonly documentAt: (described: Described) => unknown
    /** The page for people, as a route. */
    readonly pageAt: (described: Described) => Layer.Layer<never, never, HttpRouter.HttpRouter>
  }
>()("@holdfast/http/server/ServedApi") {}

const serving = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
): ServedApi["Service"] => ({
  ...knownRoutesOf(api),
  documentAt: (described) => OpenApi.fromApi(describedApi(api, described)),
  pageAt: (described) => HttpApiSwagger.layer(describedApi(api, described), { path: "/docs" })
})

const servingAll = serving(HoldfastApi)
const servingContexts = serving(ContextsApi)
const servingInventory = serving(InventoryApi)
const servingCatalog = serving(CatalogApi)

/** What is served, with other doors beside it. */
export const withDoors = (
  served: ServedApi["Service"],
  doors: ReadonlyArray<HttpDoor>
): ServedApi["Service"] =>
  doors.length === 0
    ? served
    : {
        ...served,
        methodsOf: (url, basePath) => {
          const [path] = url.split(/[?;#]/, 1)
          const door = doors.find((it) => `${basePath}${it.path}` === path)
          if (door === undefined) return served.methodsOf(url, basePath)
          return door.methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]))
        }
      }

/** The API of these contexts, of which there is at least one; with both it may take files. */
export const servingOf = (
  contexts: ReadonlyArray<ContextName>,
  takesFiles: boolean
): ServedApi["Service"] => {
  if (!contexts.includes("catalog")) return servingInventory
  if (!contexts.includes("inventory")) return servingCatalog
  return takesFiles ? servingAll : servingContexts
}
