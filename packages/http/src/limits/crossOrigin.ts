/**
 * Pages of other sites: a browser lets them call the API only when their site was named (CORS). No
 * cookie is involved, so no credentials are allowed.
 */
import * as Effect from "effect/Effect"
import * as HttpMiddleware from "effect/http/HttpMiddleware"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import { HttpSettings } from "../kit/HttpOptions.ts"

/** What a page may send beside the body. */
const allowedHeaders = [
  "authorization",
  "cache-control",
  "content-type",
  "holdfast-cart",
  "idempotency-key",
  "if-match",
  "if-min-version",
  "if-none-match",
  "last-event-id",
  "traceparent",
  "x-correlation-id"
]

/** What a page may read beside the body. */
const exposedHeaders = [
  "age",
  "etag",
  "idempotent-replayed",
  "location",
  "ratelimit",
  "ratelimit-policy",
  "retry-after",
  "www-authenticate",
  "x-correlation-id",
  "x-holdfast-cache",
  "x-holdfast-version"
]

/** How long a browser may remember that a site is allowed, in seconds. */
const rememberSeconds = 600

/** Answers preflights, and tells browsers which site may read an answer. */
export const layerCrossOrigin = ({ areAlone }: { readonly areAlone: boolean }) =>
  Layer.unwrap(
    Effect.map(HttpSettings, ({ corsOrigins }) => {
      if (corsOrigins.length === 0 || !areAlone) return Layer.empty
      const isAny = corsOrigins.includes("*")
      return HttpRouter.middleware(
        HttpMiddleware.cors({
          // A list of one would name that site to every other one, too.
          ...(isAny ? {} : { allowedOrigins: (origin) => corsOrigins.includes(origin) }),
          allowedHeaders,
          exposedHeaders,
          maxAge: rememberSeconds
        }),
        { global: true }
      )
    })
  )
