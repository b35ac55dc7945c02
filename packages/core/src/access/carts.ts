/**
 * Guests: visitors of whom nobody knows who they are, with a cart. The token of a cart is a secret
 * that its guest keeps, and is shown once. Everything else knows the cart by the hash of the token,
 * which is the guest's id, and so the owner of what they reserve.
 */
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import type { Principal } from "./Principal.ts"

export { CartToken } from "../kernel/Actor.ts"

/** What every token of a cart begins with, so that scanners of secrets know it. */
const tokenPrefix = "hfc_"

/** How many random bytes a token has. */
const tokenBytes = 16

const encoder = new TextEncoder()

/** The id of the guest whose cart has a token. 128 random bits need no slow hash. */
export const cartIdOf = (
  digest: Digest.Digest["Service"],
  cartToken: string
): Effect.Effect<string> =>
  Effect.map(digest.digestHex(Digest.sha256, encoder.encode(cartToken)), (hash) => `cart:${hash}`)

/** A token that nobody has guessed. */
export const newCartToken = (): string =>
  `${tokenPrefix}${Base64Url.encode(crypto.getRandomValues(new Uint8Array(tokenBytes)))}`

/** The guest with a cart. */
export const guestOf = (cartId: string): Principal => ({ id: cartId, kind: "ANONYMOUS", roles: [] })
