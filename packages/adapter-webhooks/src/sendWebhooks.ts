/** Webhooks beside an inventory of the Promise API. */
import { hostname } from "node:os"
import { HoldfastError, type InventoryCalls } from "@holdfast/core"
import { serveWebhooks, type WebhookSender } from "@holdfast/core/events"
import { InventoryLog, servicesOf } from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { WebhookSenderOptions } from "./WebhookSenderOptions.ts"
import { webhookSender } from "./webhookSender.ts"

/** Webhooks that are served. */
export interface SentWebhooks {
  /** For the REST API that manages them: `webHandler(inventory, { webhooks: { sender } })`. */
  readonly sender: WebhookSender
  /** Ends: what is on its way gets two seconds. Close it before the inventory. */
  readonly close: () => Promise<void>
}

/**
 * Sends the events of an inventory to its webhooks until it is closed. Any number of processes may
 * do this; they share the webhooks among them. The inventory is what `createInventory`
 * gave, or that of `createHoldfast`.
 */
export const sendWebhooks = (
  inventory: InventoryCalls,
  options: WebhookSenderOptions = {}
): SentWebhooks => {
  const services = servicesOf(inventory)
  if (services === undefined) {
    const message = "must be what createInventory gave"
    throw new HoldfastError("InvalidInput", { issues: [{ path: "inventory", message }] })
  }
  const sender = webhookSender(options)
  const owner = `${hostname()}:${process.pid}`
  const log = Context.get(services, InventoryLog)
  const fiber = Effect.runForkWith(services)(serveWebhooks(log, sender, { owner }))
  return {
    sender,
    close: async () => {
      await Effect.runPromise(Fiber.interrupt(fiber))
    }
  }
}
