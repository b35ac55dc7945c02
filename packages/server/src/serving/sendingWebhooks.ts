/**
 * Sends the events of every context to its webhooks while the server runs. Any number of servers may
 * do this; they share the webhooks among them.
 */
import { serveWebhooks, type WebhookSender } from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ownerHere } from "./relaying.ts"
import { ServedContexts } from "./ServedContexts.ts"

/** Sends events for the lifetime of the layer. */
export const layerWebhooks = (sender: WebhookSender): Layer.Layer<never, never, ServedContexts> =>
  Layer.effectDiscard(
    Effect.flatMap(ServedContexts, (contexts) =>
      Effect.forEach(
        contexts,
        ({ log }) => Effect.forkScoped(serveWebhooks(log, sender, { owner: ownerHere() })),
        { discard: true }
      )
    )
  )
