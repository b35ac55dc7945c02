/** Guests, for a host that embeds Holdfast: making carts, and the principal of one. */
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { cartIdOf, guestOf, newCartToken } from "../../access/carts.ts"
import { layerDigest } from "../../access/layerDigest.ts"
import { CartToken } from "../../kernel/Actor.ts"
import * as InvalidInput from "../../kernel/InvalidInput.ts"
import type { Principal } from "../engine/RequestOptions.ts"
import { HoldfastError } from "../inventory/HoldfastError.ts"

const readToken = InvalidInput.reader(CartToken)

/**
 * The token of a new cart: `hfc_` and 128 random bits. It is a secret of the guest. Holdfast keeps its
 * hash alone, so show it once and do not lose it.
 */
export const newCart = (): string => newCartToken()

/**
 * The guest whose cart has a token, for `as`. A guest reserves, resizes, extends, releases and reads
 * for orders of their own, and does nothing else. Rejects with `InvalidInput` for a text that is no token.
 */
export const guestPrincipal = async (cartToken: string): Promise<Principal> => {
  if (Result.isFailure(readToken(cartToken))) {
    const issues = [{ path: "cartToken", message: "must be the token of a cart, hfc_…" }]
    throw new HoldfastError("InvalidInput", { issues })
  }
  const cartId = Effect.flatMap(Digest.Digest, (digest) => cartIdOf(digest, cartToken))
  return guestOf(await Effect.runPromise(Effect.provide(cartId, layerDigest)))
}
