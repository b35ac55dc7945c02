/** The endpoints of carts. */
import { newCartToken } from "@holdfast/core/access"
import type { Reservation } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { cartHeader } from "../access/cartHeader.ts"
import { guestDoor } from "../access/guests.ts"
import { RoutedApi } from "../HoldfastApi.ts"
import { writing } from "../inventory/routes/answerWith.ts"
import { HttpSettings } from "../kit/HttpOptions.ts"
import { problemResponse, refusalResponse } from "../kit/problemResponse.ts"
import { noGuestsProblem } from "./CartsApi.ts"

const withKey = refusalResponse({
  _tag: "InvalidInput",
  issues: [
    { path: "idempotency-key", message: "cannot be given: an answer with a secret is not kept" }
  ]
})

const shownOnce = (cartToken: string) =>
  HttpServerResponse.jsonUnsafe(
    { cartToken },
    { status: 201, headers: { "cache-control": "no-store" } }
  )

/** The endpoints of carts. */
export const layerCartRoutes = HttpApiBuilder.group(
  RoutedApi,
  "carts",
  Effect.fnUntraced(function* (handlers) {
    const write = yield* writing
    const { authenticate, guests } = yield* HttpSettings
    const { making, note } = yield* guestDoor
    const obstacle =
      authenticate === undefined
        ? "Nobody is asked who they are here, so nobody is a guest"
        : guests
          ? undefined
          : "This API lets in only who shows who they are, until its server is started with --guests (guests: true)"
    const made = Effect.suspend(() => {
      const cartToken = newCartToken()
      return Effect.as(note(cartToken), shownOnce(cartToken))
    })
    return handlers.handleAll({
      create: ({ request }) => {
        if (obstacle !== undefined)
          return Effect.succeed(problemResponse(noGuestsProblem(obstacle)))
        return request.headers["idempotency-key"] === undefined
          ? making(made)
          : Effect.succeed(withKey)
      },
      claim: (request) =>
        write(
          request,
          {
            _tag: "ClaimOrder",
            ...request.payload,
            ...request.params,
            cartToken: request.headers[cartHeader]
          },
          (reservations: ReadonlyArray<Reservation.Reservation>) => ({
            orderId: request.params.orderId,
            reservations
          })
        )
    })
  })
)
