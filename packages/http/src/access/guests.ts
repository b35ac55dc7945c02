/**
 * Guests: who shows no other proof of who they are, and the token of a cart. What is made of the token
 * is its hash; the token goes no further than this file.
 */
import { CartToken, cartIdOf, guestOf, isGuest, type Principal } from "@holdfast/core/access"
import { layerDigest } from "@holdfast/core/engine"
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schema from "effect/Schema"
import { HttpSettings } from "../kit/HttpOptions.ts"
import { drawingOfAddress, type Middleware } from "../limits/limitRequests.ts"
import { Unauthenticated } from "./Authenticator.ts"
import { cartHeader } from "./cartHeader.ts"

const isToken = Schema.is(CartToken)

/** Why is for the record alone, and does not repeat what was sent. */
const noCart = new Unauthenticated({
  reason: "the header Holdfast-Cart has no token of a cart",
  challenge: ""
})

const asItIs: Middleware = (app) => app

/**
 * Shared caches keep nothing of a request with `Authorization`, but know nothing of carts: one that keeps
 * answers by their address alone would give a guest's order to anybody.
 */
const keptByNoCache: Middleware = (app) =>
  Effect.map(app, HttpServerResponse.setHeader("cache-control", "no-store"))

/**
 * How guests are let in. `admit` makes a guest of who shows nothing but a cart. `counted` bounds how many
 * new carts an address may bring, `making` how many it may ask for: they are of one bucket. What `counted` answers
 * is for the guest alone.
 */
export const guestDoor = Effect.gen(function* () {
  const { guests, limits, seenCarts } = yield* HttpSettings
  const digest = yield* Digest.Digest
  const making = yield* drawingOfAddress("carts", limits.carts)

  const admit = (
    principal: Principal,
    request: HttpServerRequest
  ): Effect.Effect<Principal, Unauthenticated> => {
    const token = request.headers[cartHeader]
    if (!guests || token === undefined || principal.kind !== "ANONYMOUS") {
      return Effect.succeed(principal)
    }
    return isToken(token) ? Effect.map(cartIdOf(digest, token), guestOf) : Effect.fail(noCart)
  }

  const counted = (principal: Principal): Middleware => {
    if (!isGuest(principal)) return asItIs
    if (seenCarts.has(principal.id)) return keptByNoCache
    return (app) =>
      keptByNoCache(
        making(
          Effect.suspend(() => {
            seenCarts.add(principal.id)
            return app
          })
        )
      )
  }

  const note = (cartToken: string) =>
    Effect.map(cartIdOf(digest, cartToken), (cartId) => seenCarts.add(cartId))

  return { admit, counted, making, note }
}).pipe(Effect.provide(layerDigest))
