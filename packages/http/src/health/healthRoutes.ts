/** Whether the server lives, and whether the store of every context that it serves answers. */
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type { ContextName } from "../events/contexts.ts"
import { ServedContexts } from "../events/ServedContexts.ts"
import { routedSharedApi } from "../HoldfastApi.ts"
import { orProblem } from "../inventory/routes/answerWith.ts"
import { HttpSettings } from "../kit/HttpOptions.ts"

/** The endpoints of health. Another process that is away leaves this one ready. */
export const layerHealthRoutes = (contexts: ReadonlyArray<ContextName>) =>
  HttpApiBuilder.group(
    routedSharedApi(contexts),
    "health",
    Effect.fnUntraced(function* (handlers) {
      const served = yield* ServedContexts
      const { alsoReady } = yield* HttpSettings
      const pings = Effect.forEach(served, ({ ping }) => ping, { discard: true })
      const ready = Effect.map(Effect.andThen(pings, alsoReady), (notes) => ({
        status: "ready" as const,
        ...(notes.length === 0 ? {} : { notes })
      }))
      return handlers.handleAll({
        live: () => Effect.succeed({ status: "live" as const }),
        ready: () => orProblem(ready)
      })
    })
  )
