/** Webhooks beside what the Promise API opened. */
import { hostname } from "node:os"
import { type CatalogCalls, HoldfastError, type InventoryCalls } from "@holdfast/core"
import { CatalogLog, catalogServicesOf } from "@holdfast/core/catalog"
import { type EventLog, serveWebhooks, type WebhookSender } from "@holdfast/core/events"
import { InventoryLog, servicesOf } from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { WebhookSenderOptions } from "./WebhookSenderOptions.ts"
import { webhookSender } from "./webhookSender.ts"

/** Webhooks that are served. */
export interface SentWebhooks {
  /** For the REST API that manages them: `webHandler(host, { webhooks: { sender } })`. */
  readonly sender: WebhookSender
  /** Ends: what is on its way gets two seconds. Close it before the host. */
  readonly close: () => Promise<void>
}

/** What has webhooks: an inventory, a catalog or both. */
export type WebhookHost =
  | InventoryCalls
  | { readonly inventory: InventoryCalls; readonly catalog: CatalogCalls }
  | { readonly catalog: CatalogCalls }

const refuse = (message: string): never => {
  throw new HoldfastError("InvalidInput", { issues: [{ path: "host", message }] })
}

/** The services of a host, of each context that it has. */
const servicesIn = (host: WebhookHost) => {
  const { catalog, inventory = catalog === undefined ? host : undefined } = Object(host) as {
    readonly inventory?: unknown
    readonly catalog?: unknown
  }
  const ofStock = servicesOf(inventory)
  const ofProducts = catalogServicesOf(catalog)
  const isOdd = inventory !== undefined && ofStock === undefined
  if (isOdd || (catalog === undefined ? inventory === undefined : ofProducts === undefined)) {
    return refuse("must be what createHoldfast or createInventory gave, or { catalog }")
  }
  return { ofProducts, ofStock }
}

/**
 * Sends the events of an inventory, a catalog or both to their webhooks until it is closed. Any
 * number of processes may do this; they share the webhooks among them. The host is what
 * `createHoldfast` or `createInventory` gave.
 */
export const sendWebhooks = (
  host: WebhookHost,
  options: WebhookSenderOptions = {}
): SentWebhooks => {
  const { ofProducts, ofStock } = servicesIn(host)
  const sender = webhookSender(options)
  const owner = `${hostname()}:${process.pid}`
  const serve = <Services>(services: Context.Context<Services>, log: EventLog) =>
    Effect.runForkWith(services)(serveWebhooks(log, sender, { owner }))
  const fibers = [
    ...(ofStock === undefined ? [] : [serve(ofStock, Context.get(ofStock, InventoryLog))]),
    ...(ofProducts === undefined ? [] : [serve(ofProducts, Context.get(ofProducts, CatalogLog))])
  ]
  return {
    sender,
    close: async () => {
      await Effect.runPromise(Fiber.interruptAll(fibers))
    }
  }
}
