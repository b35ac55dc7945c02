/**
 * Guests: who shows no other proof of who they are, and the token of a cart. What is made of the token is
 * its hash; the token goes no further than this file. How many new carts an address brings is limited.
 */
import {
  CartToken,
  cartIdOf,
  guestOf,
  isGuest,
  type Principal,
  type RateLimit,
  type RateLimiter
} from "@holdfast/core/access"
import { layerDigest } from "@holdfast/core/engine"
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { GrpcCall } from "../serving/GrpcOptions.ts"
import type { Refused } from "../status/statusOf.ts"

/** The metadata that carries the token of a cart. */
const cartHeader = "holdfast-cart"

const isToken = Schema.is(CartToken)

/** Why is for the record alone, and does not repeat what was sent. */
const noCart: Refused = { _tag: "NotVouched", reason: "holdfast-cart has no token of a cart" }

/** How many carts are remembered: about a hundred bytes each. */
const cartsMax = 50_000

/** How many new carts an address may bring, unless a host says otherwise. */
const cartsDefault: RateLimit = { count: 60, windowMillis: 60_000 }

/** What a host decides about guests. */
export interface GuestOptions {
  /** How many new carts each address may bring: 60 a minute. */
  readonly carts?: RateLimit | undefined
}

/** How guests are let in. */
export interface GuestDoor {
  /** Makes a guest of who shows nothing but a cart. */
  readonly admit: (principal: Principal, call: GrpcCall) => Effect.Effect<Principal, Refused>
  /** Counts a cart that is met for the first time. */
  readonly counted: (
    principal: Principal | undefined,
    address: string
  ) => Effect.Effect<void, Refused>
}

const everybodyElse: GuestDoor = {
  admit: (principal) => Effect.succeed(principal),
  counted: () => Effect.void
}

/** Makes how guests are let in; nobody is one without options. */
export const guestDoor = (options: GuestOptions | undefined, limiter: RateLimiter) =>
  Effect.gen(function* () {
    if (options === undefined) return everybodyElse
    const digest = yield* Digest.Digest
    const limit = options.carts ?? cartsDefault
    const name = "address-carts"
    const seen = new Set<string>()
    const note = (cartId: string) => {
      seen.delete(cartId)
      seen.add(cartId)
      const [oldest] = seen
      if (seen.size > cartsMax && oldest !== undefined) seen.delete(oldest)
    }
    const door: GuestDoor = {
      admit: (principal, { headers }) => {
        const token = headers[cartHeader]
        if (token === undefined || principal.kind !== "ANONYMOUS") return Effect.succeed(principal)
        return isToken(token)
          ? Effect.map(cartIdOf(digest, token), guestOf)
          : Effect.fail<Refused>(noCart)
      },
      counted: (principal, address) => {
        if (principal === undefined || !isGuest(principal)) return Effect.void
        if (seen.has(principal.id)) return Effect.sync(() => note(principal.id))
        return Effect.flatMap(limiter.take(name, limit, address), ({ isAllowed, retryMillis }) =>
          isAllowed
            ? Effect.sync(() => note(principal.id))
            : Effect.fail<Refused>({ _tag: "TooManyRequests", limit: name, retryMillis })
        )
      }
    }
    return door
  }).pipe(Effect.provide(layerDigest))
