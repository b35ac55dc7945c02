/**
 * The typed client: one method for each endpoint, made from the same schemas as the server. It
 * fails with the very refusals that a context refused with, and with `StoreError`.
 */

import type * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpApiClient from "effect/http-api/HttpApiClient"
import { HoldfastApi } from "../HoldfastApi.ts"
import { hidingCarts } from "../kit/redactedNames.ts"

/** The typed client, one group of methods for each group of endpoints. */
export type HoldfastClient = HttpApiClient.ForApi<typeof HoldfastApi>

/** Makes a client of the server at `baseUrl`, over whatever `HttpClient` is provided. */
export const makeClient = (options: {
  readonly baseUrl: string | URL
  readonly transformClient?: ((client: HttpClient.HttpClient) => HttpClient.HttpClient) | undefined
}): Effect.Effect<HoldfastClient, never, HttpClient.HttpClient> =>
  HttpApiClient.make(HoldfastApi, {
    baseUrl: options.baseUrl,
    transformClient: (client) => {
      const hiding = hidingCarts(client)
      return options.transformClient?.(hiding) ?? hiding
    }
  })
