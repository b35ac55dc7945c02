/** The routes of the dashboard, for the router of the metrics port. It samples while the layer lasts. */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { type DashboardOptions, makeDashboard } from "./Dashboard.ts"

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
