/**
 * Sends the events of the inventory to webhooks while the server runs. Any number of servers may do
 * this; they share the webhooks among them.
 */
import { serveWebhooks, type WebhookSender } from "@holdfast/core/events"
import { InventoryLog } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ownerHere } from "./relaying.ts"

/** Sends events for the lifetime of the layer. */
export const layerWebhooks = (sender: WebhookSender): Layer.Layer<never, never, InventoryLog> =>
  Layer.effectDiscard(
    Effect.flatMap(InventoryLog, (log) =>
      Effect.forkScoped(serveWebhooks(log, sender, { owner: ownerHere() }))
    )
  )
