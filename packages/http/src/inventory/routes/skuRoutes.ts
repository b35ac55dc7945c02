/** The endpoints of SKUs: decode, call the service, tell a refusal as a problem. */
import { InventoryQueries } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { RoutedApi } from "../../HoldfastApi.ts"
import { orProblem, writing } from "./answerWith.ts"

/** The endpoints of SKUs. */
export const layerSkuRoutes = HttpApiBuilder.group(
  RoutedApi,
  "skus",
  Effect.fnUntraced(function* (handlers) {
    const queries = yield* InventoryQueries
    const write = yield* writing
    return handlers.handleAll({
      register: (request) => write(request, { _tag: "RegisterSku", ...request.payload }),
      list: ({ query }) => orProblem(queries.ask("skus", query)),
      get: ({ params }) => orProblem(queries.ask("sku", params)),
      update: (request) =>
        write(request, { _tag: "UpdateSku", ...request.payload, ...request.params }),
      archive: (request) => write(request, { _tag: "ArchiveSku", ...request.params }),
      unarchive: (request) => write(request, { _tag: "UnarchiveSku", ...request.params })
    })
  })
)
