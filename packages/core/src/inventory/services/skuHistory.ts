/** What happened to a SKU, for people: its events as sentences, and who asked for them. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { AuditLog } from "../../audit/AuditLog.ts"
import { AuditRecord } from "../../audit/AuditRecord.ts"
import { Timestamp } from "../../kernel/Instant.ts"
import type { InvalidInput } from "../../kernel/InvalidInput.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { InventoryEvent } from "../messages/InventoryEvent.ts"
import type { InventoryQueries } from "./InventoryQueries.ts"

/** One thing that happened. `by` is null when no record of the audit log says who asked. */
export const SkuHistoryItem = Schema.Struct({
  position: Schema.Int,
  at: Timestamp,
  version: Schema.Int.annotate({ description: "The number of the event in the life of the SKU" }),
  eventType: Schema.String,
  what: Schema.String.annotate({ description: "What happened, in words" }),
  commandId: Schema.String,
  operation: Schema.NullOr(Schema.String),
  by: Schema.NullOr(AuditRecord.fields.principal),
  actor: Schema.NullOr(Schema.String)
}).annotate({ identifier: "SkuHistoryItem" })
export interface SkuHistoryItem extends Schema.Schema.Type<typeof SkuHistoryItem> {}

/** A page of a history; `next` is the `after` of the next page. */
export const SkuHistory = Schema.Struct({
  items: Schema.Array(SkuHistoryItem),
  next: Schema.Int
}).annotate({ identifier: "SkuHistory" })
export interface SkuHistory extends Schema.Schema.Type<typeof SkuHistory> {}

/** The words of an event type: `inventory.stock.reserved` is "stock reserved". */
const wordsOf = (eventType: string): string => eventType.split(".").slice(1).join(" ")

const signed = (quantity: number): string => (quantity > 0 ? `+${quantity}` : String(quantity))

/** What an event says, in words. */
export const sentenceOfEvent = ({ eventType, payload }: InventoryEvent): string => {
  const { currentQuantity, locationId, movementType, orderId, previousQuantity, quantity, reason } =
    payload as Readonly<Record<string, unknown>>
  const parts = [
    typeof movementType === "string"
      ? `${movementType.toLowerCase().replaceAll("_", " ")} of ${signed(Number(quantity))}`
      : wordsOf(eventType),
    typeof movementType !== "string" && typeof quantity === "number" ? `${quantity}` : undefined,
    typeof orderId === "string" ? `for order ${orderId}` : undefined,
    typeof locationId === "string" ? `at ${locationId}` : undefined,
    typeof currentQuantity === "number"
      ? `(${String(previousQuantity)} → ${currentQuantity})`
      : undefined,
    typeof reason === "string" ? `because: ${reason.toLowerCase()}` : undefined
  ]
  return parts.filter((part) => part !== undefined).join(" ")
}

/** The actor that an event names. */
const actorOf = ({ payload }: InventoryEvent): string | null => {
  const { actor } = payload as { readonly actor?: string | null }
  return actor ?? null
}

/** What is asked of the history of a SKU. */
export interface SkuHistoryQuery {
  readonly skuId: string
  readonly after?: number | undefined
  readonly size?: number | undefined
}

type Queries = Pick<InventoryQueries["Service"], "ask">

/** A page of the history of a SKU, the oldest first. */
export const skuHistory = Effect.fnUntraced(function* (
  queries: Queries,
  audit: Pick<AuditLog, "ofCommands">,
  { after, size, skuId }: SkuHistoryQuery
) {
  const asked = {
    aggregateIds: [skuId],
    ...(after === undefined ? {} : { after }),
    ...(size === undefined ? {} : { size })
  }
  yield* queries.ask("sku", { skuId } as never)
  const { items, next } = yield* queries.ask("events", asked as never)
  const own = items.filter(({ event }) => event.aggregateType === "SKU")
  const commandIds = [...new Set(own.map(({ event }) => event.commandId as string))]
  const records = commandIds.length === 0 ? [] : yield* audit.ofCommands(commandIds)
  const byCommand = new Map(records.map((record) => [record.commandId, record]))
  return {
    next,
    items: own.map(({ event, position }): SkuHistoryItem => {
      const record = byCommand.get(event.commandId)
      return {
        ...{ position, at: event.timestamp, version: event.version, eventType: event.eventType },
        ...{ what: sentenceOfEvent(event), commandId: event.commandId },
        operation: record?.operation ?? null,
        by: record?.principal ?? null,
        actor: record?.actor ?? actorOf(event)
      }
    })
  } satisfies SkuHistory
})

/** Why a page cannot be given. */
export type SkuHistoryFailure = InvalidInput | StoreError
