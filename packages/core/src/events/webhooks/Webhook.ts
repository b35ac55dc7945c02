/** Webhooks: where the events of a log are sent over HTTP, and what became of each event. */
import type * as DateTime from "effect/DateTime"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { EventId } from "../../kernel/Identifier.ts"
import { label } from "../../kernel/Text.ts"

/** ACTIVE gets events. PAUSED gets none until a person makes it active; it then misses nothing. */
export const WebhookStatus = Schema.Literals(["ACTIVE", "PAUSED"])
export type WebhookStatus = typeof WebhookStatus.Type

const octet = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
const name = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
const lastName = "[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
const host = `((${octet}\\.){3}${octet}|\\[[0-9A-Fa-f:.]+\\]|(${name}\\.)*${lastName}\\.?)`
const port = "(:[1-9][0-9]{0,3}|:[1-5][0-9]{4}|:6[0-4][0-9]{3}|:65[0-4][0-9]{2}|:655[0-2][0-9])?"
const urlPattern = new RegExp(`^https?://${host}${port}([/?][!-"$-~]*)?$`, "u")

const message =
  "must be a whole address in ASCII without user, password and fragment, such as " +
  "https://shop.example/hooks"

/**
 * The address that events are posted to: at most 2,000 characters. What a sender refuses beside this
 * is its own affair.
 */
export const WebhookUrl = Schema.String.check(
  Schema.isBetweenCodePoints(1, 2_000),
  Schema.isPattern(urlPattern, { message }),
  Schema.makeFilter<string>((text) => URL.canParse(text) || message, {
    title: "the address of a webhook"
  })
)

/** What a webhook is for, in the words of who made it. */
export const WebhookDescription = label(1, 255)

// 24 to 64 bytes: whole groups of three, and what is left, filled up with =.
const secretPattern =
  /^whsec_(?:[A-Za-z0-9+/]{4}){8,21}(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/u

/** `whsec_` and 24 to 64 random bytes in base64, as the Standard Webhooks specification has it. */
export const WebhookSecret = Schema.String.check(
  Schema.isPattern(secretPattern, {
    message: "must be whsec_ followed by 24 to 64 random bytes in base64"
  })
).annotate({ description: "The key that signs what is sent: keep it where you keep secrets" })

/** Where a webhook goes, and what for. */
export interface Webhook {
  readonly webhookId: string
  readonly url: string
  readonly description: string | null
  /** The types of events that are sent; null for all. */
  readonly eventTypes: ReadonlyArray<string> | null
  readonly status: WebhookStatus
  /** Why it was paused by itself; null when it was not. */
  readonly pausedBecause: string | null
  readonly secret: Redacted.Redacted
  /** The secret before this one, which signs as well until an instant. */
  readonly previous: { readonly secret: Redacted.Redacted; readonly until: DateTime.Utc } | null
  /** Counts how often a person has set it to another position, from a number of its own. */
  readonly replays: number
  /** Counts its changes, from a number of its own. */
  readonly version: number
  /** What it was made of: a repeat of the request is known by it. */
  readonly madeOf: string
  /** The same of the last request that replaced its secret; null when that had no key, or before it. */
  readonly rotatedBy: string | null
  readonly createdAt: DateTime.Utc
  readonly updatedAt: DateTime.Utc
  /** When it last took an event; null before the first. */
  readonly lastDeliveredAt: DateTime.Utc | null
}

/** DELIVERED: it took the event. WAITING: it will be tried again. FAILED: it was given up. */
export const WebhookDeliveryStatus = Schema.Literals(["DELIVERED", "WAITING", "FAILED"])
export type WebhookDeliveryStatus = typeof WebhookDeliveryStatus.Type

/** What became of an event at a webhook. */
export interface WebhookDelivery {
  readonly position: number
  readonly eventId: EventId
  readonly eventType: string
  readonly aggregateId: string
  readonly status: WebhookDeliveryStatus
  readonly tries: number
  readonly firstTriedAt: DateTime.Utc
  readonly lastTriedAt: DateTime.Utc
  /** When it is tried again; null when it is not, or when the webhook is paused. */
  readonly nextTryAt: DateTime.Utc | null
  /** The status that it answered with the last time; null when it did not answer. */
  readonly httpStatus: number | null
  /** What was wrong the last time; null when nothing was. */
  readonly problem: string | null
  readonly durationMillis: number
  /** The webhook's `replays` when the event was sent. */
  readonly replays: number
}

const cursorPrefix = "webhook-"

/** The name of the cursor of a webhook. */
export const cursorOfWebhook = (webhookId: string): string => `${cursorPrefix}${webhookId}`

/** The webhook of such a cursor. */
export const webhookOfCursor = (cursor: string): string => cursor.slice(cursorPrefix.length)

/** Whether a cursor is that of a webhook. */
export const isWebhookCursor = (cursor: string): boolean => cursor.startsWith(cursorPrefix)
