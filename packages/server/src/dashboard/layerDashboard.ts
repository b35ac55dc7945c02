/** The routes of the dashboard, for the router of the metrics port, and the lists of what is served. */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { ServedContexts } from "../serving/ServedContexts.ts"
import { type DashboardOptions, makeDashboard } from "./Dashboard.ts"
import type { DashboardLists } from "./DashboardLists.ts"

const notFound = HttpServerResponse.empty({ status: 404 })

/** Adds the page and its figures. */
export const layerDashboard = (
  options: DashboardOptions
): Layer.Layer<never, never, HttpRouter.HttpRouter> =>
  Layer.unwrap(
    Effect.map(makeDashboard(options), (answer) => {
      const handler = Effect.map(HttpServerRequest, ({ url }) => {
        const found = answer(url)
        if (found === undefined) return notFound
        const { body, headers, status } = found
        return HttpServerResponse.text(body, {
          ...{ status, headers },
          contentType: headers["content-type"] ?? ""
        })
      })
      return HttpRouter.addAll([
        HttpRouter.route("GET", "/dashboard", handler),
        HttpRouter.route("GET", "/dashboard/figures", handler)
      ])
    })
  )

/** Shows the lists of the contexts that are served. */
export const layerShownLists = (lists: DashboardLists) =>
  Layer.effectDiscard(
    Effect.flatMap(ServedContexts, (contexts) =>
      Effect.forEach(contexts, ({ list }) => lists.show(list), { discard: true })
    )
  )
