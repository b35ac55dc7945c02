/**
 * The header of a cart is a secret of a guest. Effect shows headers in spans and in logs, but for those that
 * `CurrentRedactedNames` has, and it knows of no carts.
 */
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import { cartHeader } from "../access/cartHeader.ts"

const withCart = (names: ReadonlyArray<string | RegExp>): ReadonlyArray<string | RegExp> =>
  names.includes(cartHeader) ? names : [...names, cartHeader]

/**
 * Hides the header `Holdfast-Cart` beside the headers that are hidden already. `layerServer` has it; an
 * application with a server and a router of its own provides it to the server: the spans of its requests begin there.
 */
export const layerRedactedNames: Layer.Layer<never> = Layer.effect(
  Headers.CurrentRedactedNames,
  Effect.map(Headers.CurrentRedactedNames, withCart)
)

/** A client whose spans hide it too. */
export const hidingCarts = (client: HttpClient.HttpClient): HttpClient.HttpClient =>
  HttpClient.transform(client, (sent) =>
    Effect.updateService(sent, Headers.CurrentRedactedNames, withCart)
  )
