/**
 * The whole API as a listener for Node's requests. No web `Request` is made on the way, so it costs
 * about half of what a web handler behind a bridge costs. It needs `@effect/platform-node`.
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { KeptAnswers } from "../caching/kept/KeptAnswers.ts"
import type { MountOptions } from "../kit/HttpOptions.ts"
import { engineOf, type Mountable } from "../mounting/engineOf.ts"
import { mount } from "../mounting/mount.ts"
import { answerKept } from "./answerKept.ts"
import { addressOf, asSent } from "./asSent.ts"

/** A mounted API: `listener` answers requests, `dispose` closes what the handler opened. */
export interface NodeHandler {
  /**
   * Answers a request. With a `next`, as Express gives it, a path that is not ours goes on to the
   * host's other routes; without, it is answered with a 404 problem.
   */
  readonly listener: (
    request: IncomingMessage,
    response: ServerResponse,
    next?: (error?: unknown) => void
  ) => void
  readonly dispose: () => Promise<void>
}

/**
 * Makes a listener over an inventory that `createInventory` gave, alone or as
 * `{ inventory, catalog }` beside a catalog, or over a layer of the engine. It
 * opens, waits and closes as `webHandler` does. It may stand before or after a body parser such as
 * `express.json()`, and under any mount path, because it reads `originalUrl`.
 *
 * ```ts
 * const holdfast = toNodeHandler(inventory)
 * app.use(holdfast.listener)
 * ```
 */
export const toNodeHandler = <E>(host: Mountable<E>, options: MountOptions = {}): NodeHandler => {
  const { keptAnswers = new KeptAnswers() } = options
  keptAnswers.claim()
  const { app, dispose, methodsOf } = mount(engineOf(host), { ...options, keptAnswers }, asSent)
  const scope = Scope.makeUnsafe()
  const answer = Effect.runSync(NodeHttpServer.makeHandler(app, { scope }))
  return {
    listener: (request, response, next) => {
      if (next !== undefined && methodsOf(addressOf(request)).length === 0) next()
      else answerKept(keptAnswers, request, response, () => answer(request, response))
    },
    dispose: async () => {
      await dispose()
      await Effect.runPromise(Scope.close(scope, Exit.void))
      keptAnswers.release()
    }
  }
}
