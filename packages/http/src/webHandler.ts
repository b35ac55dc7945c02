/**
 * The whole API as one function from a web `Request` to a `Response`, to be mounted in any host that
 * speaks them: Hono, Next, Deno, Bun, a worker, or a test.
 */
import type { HoldfastInventory } from "@holdfast/core"
import * as HttpEffect from "effect/http/HttpEffect"
import type { HttpOptions } from "./kit/HttpOptions.ts"
import { type EngineLayer, engineOf } from "./mounting/engineOf.ts"
import { mount } from "./mounting/mount.ts"

/** A mounted API: `handler` answers requests, `dispose` closes what the handler opened. */
export interface WebHandler {
  readonly handler: (request: Request) => Promise<Response>
  readonly dispose: () => Promise<void>
}

/**
 * Makes a web handler over an inventory that `createInventory` gave, or over a layer of the engine.
 * The inventory stays yours: `dispose` does not close it. A layer is opened at once, and `dispose`
 * closes it. While it cannot be opened, requests are answered with 503 problems, and opening is
 * tried again until it succeeds. After `dispose` every request but `/health/live` is answered with 503.
 */
export const webHandler = <E>(
  inventory: HoldfastInventory | EngineLayer<E>,
  options: HttpOptions = {}
): WebHandler => {
  const { app, dispose } = mount(engineOf(inventory), options)
  const handler = HttpEffect.toWebHandler(app)
  return { dispose, handler: (request) => handler(request) }
}
