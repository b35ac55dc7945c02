/**
 * The whole API as one function from a web `Request` to a `Response`, to be mounted in any host that
 * speaks them: Hono, Next, Deno, Bun, a worker, or a test.
 */
import type { HoldfastInventory } from "@holdfast/core"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import type { HttpOptions } from "./kit/HttpOptions.ts"
import { routerConfig } from "./kit/knownRoutes.ts"
import { type EngineLayer, engineOf } from "./mounting/engineOf.ts"
import { layerRoutes } from "./routes.ts"

/** A mounted API: `handler` answers requests, `dispose` closes what the handler opened. */
export interface WebHandler {
  readonly handler: (request: Request) => Promise<Response>
  readonly dispose: () => Promise<void>
}

/**
 * Makes a web handler over an inventory that `createInventory` gave, or over a layer of the engine.
 * The inventory stays yours: `dispose` does not close it. A layer is opened at once, and `dispose`
 * closes it; if it cannot be opened, every request rejects with the reason.
 */
export const webHandler = <E>(
  inventory: HoldfastInventory | EngineLayer<E>,
  options: HttpOptions = {}
): WebHandler => {
  const { dispose, handler } = HttpRouter.toWebHandler(
    Layer.provide(layerRoutes(options), engineOf(inventory)),
    { routerConfig, disableLogger: true }
  )
  return { dispose, handler: (request) => handler(request) }
}
