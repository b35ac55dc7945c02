/** The first routes. */
import { Inventory, StockReads } from "@holdfast/core/effect"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"

const post = (
  path: HttpRouter.PathInput,
  run: (
    inventory: Inventory["Service"],
    body: Record<string, unknown>
  ) => Effect.Effect<unknown, { readonly _tag: string }>
) =>
  HttpRouter.add(
    "POST",
    path,
    Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      const params = yield* HttpRouter.params
      const body = yield* Effect.orElseSucceed(request.json, () => ({}))
      const inventory = yield* Inventory
      return yield* Effect.match(run(inventory, { ...(body as object), ...params }), {
        onSuccess: (answer) => HttpServerResponse.jsonUnsafe(answer),
        onFailure: (error) => HttpServerResponse.jsonUnsafe(error, { status: 409 })
      })
    })
  )

export const routes = (_: object) =>
  Layer.mergeAll(
    HttpRouter.add("GET", "/health/live", HttpServerResponse.jsonUnsafe({ status: "live" })),
    HttpRouter.add(
      "GET",
      "/health/ready",
      Effect.gen(function* () {
        const reads = yield* StockReads
        return yield* Effect.match(reads.ping, {
          onSuccess: () => HttpServerResponse.jsonUnsafe({ status: "ready" }),
          onFailure: (error) =>
            HttpServerResponse.jsonUnsafe({ status: error.message }, { status: 503 })
        })
      })
    ),
    post("/api/skus", (inventory, body) => inventory.registerSku(body as never)),
    post("/api/inventory/:skuId/receive", (inventory, body) => inventory.receive(body as never)),
    post("/api/inventory/reservations", (inventory, { orderId, ...line }) =>
      inventory.reserve({ orderId, lines: [line] } as never)
    ),
    post("/api/inventory/reservations/:reservationId/confirm", (inventory, body) =>
      inventory.confirm(body as never)
    )
  )
