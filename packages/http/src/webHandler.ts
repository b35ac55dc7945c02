/**
 * The whole API as one function from a web `Request` to a `Response`, to be mounted in any host that
 * speaks them: Hono, Next, Deno, Bun, a worker, or a test.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpEffect from "effect/http/HttpEffect"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { MountOptions } from "./kit/HttpOptions.ts"
import { plainResponse } from "./kit/problemResponse.ts"
import { engineOf, type Mountable } from "./mounting/engineOf.ts"
import { type App, mount } from "./mounting/mount.ts"

/** A mounted API: `handler` answers requests, `dispose` closes what the handler opened. */
export interface WebHandler {
  readonly handler: (request: Request) => Promise<Response>
  readonly dispose: () => Promise<void>
}

const mounting =
  "The host read the body before the request came here. " +
  "Give the handler the request as it arrived, or read a clone of it: request.clone()"

const bodyIsGone = Effect.as(Effect.logError(mounting), plainResponse(500, mounting))

/** Answers a request whose body can still be read. */
const unread = (app: App): App =>
  Effect.withFiber((fiber) => {
    const { source } = Context.getUnsafe(fiber.context, HttpServerRequest)
    const { body, bodyUsed } = source as Request
    return bodyUsed || body?.locked === true ? bodyIsGone : app
  })

/**
 * Makes a web handler over an inventory that `createInventory` gave, alone or as
 * `{ inventory, catalog }` beside a catalog, or over a layer of the engine.
 * The inventory stays yours: `dispose` does not close it. A layer is opened at once, and `dispose`
 * closes it. While it cannot be opened, requests are answered with 503 problems, and opening is
 * tried again until it succeeds. After `dispose` every request but `/health/live` is answered with 503.
 */
export const webHandler = <E>(host: Mountable<E>, options: MountOptions = {}): WebHandler => {
  const { app, dispose } = mount(engineOf(host), options, unread)
  const handler = HttpEffect.toWebHandler(app)
  return { dispose, handler: (request) => handler(request) }
}
