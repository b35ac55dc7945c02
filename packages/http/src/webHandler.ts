/**
 * The whole API as one function from a web `Request` to a `Response`, to be mounted in any host that
 * speaks them: Hono, Next, Deno, Bun, a worker, or a test.
 */
import type { Inventory, StockReads } from "@holdfast/core/effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import type { HttpOptions } from "./kit/HttpOptions.ts"
import { routerConfig } from "./kit/knownRoutes.ts"
import { layerRoutes } from "./routes.ts"

/** A mounted API: `handler` answers requests, `dispose` closes what stands behind it. */
export interface WebHandler {
  readonly handler: (request: Request) => Promise<Response>
  readonly dispose: () => Promise<void>
}

/**
 * Makes a web handler over an engine. The engine is opened at once; if it cannot be, every request
 * rejects with the reason.
 */
export const webHandler = <E>(
  engine: Layer.Layer<Inventory | StockReads, E>,
  options: HttpOptions = {}
): WebHandler => {
  const { dispose, handler } = HttpRouter.toWebHandler(
    Layer.provide(layerRoutes(options), engine),
    { routerConfig, disableLogger: true }
  )
  return { dispose, handler: (request) => handler(request) }
}
