/** SERVICE. What people do with the webhooks of a log: make, change, remove, and set back. */
import * as Digest from "effect/crypto/Digest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import { layerDigest } from "../../access/layerDigest.ts"
import { fingerprintOf } from "../../engine/fingerprint.ts"
import {
  noManagementRecords,
  type RecordManagement
} from "../../engine/methods/managementRecords.ts"
import type { ManagementRecord } from "../../kernel/ManagementRecord.ts"
import { StoreError } from "../../kernel/StoreError.ts"
import { PositionBeyondHead } from "../Cursors.ts"
import type { EventLog } from "../EventLog.ts"
import type { PositionGone } from "../PositionGone.ts"
import { cursorOfWebhook, type Webhook, type WebhookStatus } from "./Webhook.ts"
import type { WebhookSender } from "./WebhookSender.ts"
import type { Webhooks } from "./Webhooks.ts"
import {
  invalid,
  TooManyWebhooks,
  WebhookKeyReused,
  WebhookNotFound,
  webhookById
} from "./webhookRefusals.ts"

/** What a webhook is made of. */
export interface NewWebhook {
  readonly url: string
  readonly description?: string | null | undefined
  readonly eventTypes?: ReadonlyArray<string> | null | undefined
  /** Made by Holdfast unless given. */
  readonly secret?: string | undefined
  /** Where it begins: LAST, with what happens from now on, or FIRST, with the whole log. */
  readonly from?: "FIRST" | "LAST" | undefined
}

/** What is changed of a webhook: what is left out stays, and null clears. */
export interface WebhookChange {
  readonly url?: string | undefined
  readonly description?: string | null | undefined
  readonly eventTypes?: ReadonlyArray<string> | null | undefined
  readonly status?: WebhookStatus | undefined
}

/** How a secret is replaced. */
export interface NewSecret {
  /** Made by Holdfast unless given. */
  readonly secret?: string | undefined
  /** How long the old one signs as well, in seconds: 86,400. */
  readonly oldSecretSeconds?: number | undefined
}

/** Who manages webhooks. */
export interface WebhookManagementOptions {
  /** The most webhooks that there may be: 100. */
  readonly webhooksMax?: number | undefined
  /** Makes the records of the audit log: none unless given. */
  readonly record?: RecordManagement | undefined
}

/** What a record is about. */
export const targetOfWebhook = (webhookId: string): string => `WEBHOOK:${webhookId}`

/** Makes the record of a change of one webhook. */
type RecordOf = (
  operation: Parameters<RecordManagement>[0]["operation"],
  webhookId: string,
  key?: string
) => ReturnType<RecordManagement>

const recordOver =
  (record: RecordManagement): RecordOf =>
  (operation, webhookId, key) =>
    record({ operation, targets: [targetOfWebhook(webhookId)], key })

/** The fingerprint of a request or of a text. */
const fingerprint = (of: unknown) =>
  Effect.flatMap(Digest.Digest, (digest) => fingerprintOf(digest, of)).pipe(
    Effect.provide(layerDigest)
  )

const randomSecret = Effect.sync(
  () => `whsec_${Base64.encode(globalThis.crypto.getRandomValues(new Uint8Array(32)))}`
)

/**
 * Where the counts of a webhook begin. One that had its id and was removed had others, so its notes,
 * and the relay that still has it in hand, count for nothing.
 */
const randomCount = Random.nextIntBetween(1, 2 ** 40)

const uuidOf = (hex: string) =>
  [0, 8, 12, 16, 20].map((at, index) => hex.slice(at, [8, 12, 16, 20, 32][index])).join("-")

/** Another change of the same webhook came first, again and again. */
const busy = new StoreError({ reason: "Busy", message: "the webhook is being changed; try again" })

/** How often a change is tried again when another one came first. */
const changesMax = 5

/**
 * Changes a webhook as it is, however often others change it first. Its relay then begins again
 * with what is kept then. Undefined changes nothing. With `dueAt`, what waits for another try is due then.
 */
export const updating = (webhooks: Webhooks) =>
  Effect.fnUntraced(function* (
    webhookId: string,
    change: (webhook: Webhook) => Webhook | undefined,
    record?: ManagementRecord,
    dueAt?: DateTime.Utc
  ) {
    for (let tries = 0; tries < changesMax; tries++) {
      const webhook = yield* webhookById(webhooks)(webhookId)
      const changed = change(webhook)
      if (changed === undefined) return webhook
      const updatedAt = yield* DateTime.now
      const next = { ...changed, version: webhook.version + 1, updatedAt }
      if (yield* webhooks.update(next, record, dueAt)) return next
    }
    return yield* busy
  })

/**
 * Gives a webhook a new secret. Both sign while the old one is still valid. A repeat with the key
 * of the last request answers with what that one gave.
 */
const rotatingSecret = (webhooks: Webhooks, recordOf: RecordOf) =>
  Effect.fnUntraced(function* (webhookId: string, input: NewSecret, key?: string) {
    const request = yield* fingerprint(input)
    const rotatedBy = key === undefined ? null : `${yield* fingerprint(key)} ${request}`
    const before = yield* webhookById(webhooks)(webhookId)
    if (rotatedBy !== null && before.rotatedBy === rotatedBy) return before
    if (rotatedBy !== null && before.rotatedBy?.split(" ")[0] === rotatedBy.split(" ")[0]) {
      return yield* new WebhookKeyReused({ key: key ?? "" })
    }
    const secret = Redacted.make(input.secret ?? (yield* randomSecret))
    const now = yield* DateTime.now
    const until = DateTime.addDuration(now, Duration.seconds(input.oldSecretSeconds ?? 86_400))
    const change = (webhook: Webhook) => {
      // The same request came first.
      if (rotatedBy !== null && webhook.rotatedBy === rotatedBy) return undefined
      // A secret that is there already has no other one before it.
      return Redacted.value(webhook.secret) === Redacted.value(secret)
        ? { ...webhook, rotatedBy }
        : { ...webhook, secret, rotatedBy, previous: { secret: webhook.secret, until } }
    }
    const record = yield* recordOf("RotateWebhookSecret", webhookId, key)
    return yield* updating(webhooks)(webhookId, change, record)
  })

/** Sets a webhook of a log to a position: the next event that it gets comes after that. */
export const replayWebhook = Effect.fnUntraced(function* (
  log: EventLog,
  webhookId: string,
  after: number,
  record: RecordManagement = noManagementRecords
): Effect.fn.Return<Webhook, WebhookNotFound | PositionBeyondHead | PositionGone | StoreError> {
  const { cursors, webhooks } = log
  const cursor = cursorOfWebhook(webhookId)
  yield* webhookById(webhooks)(webhookId)
  const head = yield* log.head
  if (after > head) return yield* new PositionBeyondHead({ cursor, position: after, head })
  yield* log.read(after, 1)
  // The relay that has the webhook in hand ends; only then is the cursor its own again.
  const webhook = yield* updating(webhooks)(
    webhookId,
    (one) => ({ ...one, replays: one.replays + 1 }),
    yield* recordOver(record)("ReplayWebhook", webhookId)
  )
  yield* Effect.catchTag(cursors.reset(cursor, after), "CursorUnknown", () =>
    Effect.fail(new WebhookNotFound({ webhookId }))
  )
  yield* webhooks.skipWaiting(webhookId, after)
  return webhook
})

/** Makes the management of a log's webhooks. */
export const makeWebhookManagement = (
  log: EventLog,
  sender: WebhookSender,
  { record = noManagementRecords, webhooksMax = 100 }: WebhookManagementOptions = {}
) => {
  const recordOf = recordOver(record)
  const { cursors, webhooks } = log

  const checkUrl = (url: string | undefined) => {
    const objection = url === undefined ? undefined : sender.objectionTo(url)
    return objection === undefined ? Effect.void : Effect.fail(invalid("url", objection))
  }

  const get = webhookById(webhooks)
  const update = updating(webhooks)

  /** Makes the cursor of a webhook, so that nothing after now is missed. */
  const begin = (webhookId: string, from: "FIRST" | "LAST") =>
    Effect.gen(function* () {
      const lease = yield* cursors.take(cursorOfWebhook(webhookId), {
        ...{ kind: "WEBHOOK", owner: "management", leaseMillis: 1_000, from }
      })
      if (lease !== null) yield* cursors.release(lease)
    }).pipe(
      // The cursor of a webhook that is there already may be lost; the doctor finds that.
      Effect.catchTags({
        CursorKindMismatch: Effect.die,
        LogRestored: () => Effect.void,
        PositionGone: () => Effect.void
      })
    )

  /** Makes a webhook. A repeat with the same key answers with the webhook that the first one made. */
  const create = Effect.fnUntraced(function* (input: NewWebhook, key?: string) {
    yield* checkUrl(input.url)
    const madeOf = yield* fingerprint(input)
    // A key counts within a context: ids of webhooks differ between logs.
    const { context } = log
    const webhookId =
      key === undefined
        ? crypto.randomUUID()
        : uuidOf(yield* fingerprint({ webhook: key, context }))
    const known = yield* webhooks.list
    const isThere = known.some((webhook) => webhook.webhookId === webhookId)
    if (!isThere && known.length >= webhooksMax) return yield* new TooManyWebhooks({ webhooksMax })
    if (!isThere) yield* begin(webhookId, input.from ?? "LAST")
    const now = yield* DateTime.now
    const asked: Webhook = {
      webhookId,
      url: input.url,
      description: input.description ?? null,
      eventTypes: input.eventTypes ?? null,
      status: "ACTIVE",
      pausedBecause: null,
      secret: Redacted.make(input.secret ?? (yield* randomSecret)),
      previous: null,
      ...{ replays: yield* randomCount, version: yield* randomCount },
      ...{ madeOf, rotatedBy: null, createdAt: now, updatedAt: now },
      lastDeliveredAt: null
    }
    const made = yield* webhooks.create(asked, yield* recordOf("CreateWebhook", webhookId, key))
    if (key !== undefined && made.madeOf !== madeOf) return yield* new WebhookKeyReused({ key })
    return made
  })

  /** Changes a webhook. Made active, it tries at once what it had not taken. */
  const change = Effect.fnUntraced(function* (webhookId: string, input: WebhookChange) {
    yield* checkUrl(input.url)
    const changed = (webhook: Webhook) => ({
      ...webhook,
      url: input.url ?? webhook.url,
      description: input.description === undefined ? webhook.description : input.description,
      eventTypes: input.eventTypes === undefined ? webhook.eventTypes : input.eventTypes,
      status: input.status ?? webhook.status,
      pausedBecause: input.status === undefined ? webhook.pausedBecause : null
    })
    const dueAt = input.status === "ACTIVE" ? yield* DateTime.now : undefined
    return yield* update(webhookId, changed, yield* recordOf("ChangeWebhook", webhookId), dueAt)
  })

  return {
    create,
    list: webhooks.list,
    get,
    change,
    remove: (webhookId: string) =>
      recordOf("RemoveWebhook", webhookId).pipe(
        Effect.flatMap((one) => webhooks.remove(webhookId, one)),
        Effect.flatMap((isRemoved) =>
          isRemoved ? Effect.void : Effect.fail(new WebhookNotFound({ webhookId }))
        )
      ),
    rotateSecret: rotatingSecret(webhooks, recordOf),
    replay: (webhookId: string, after: number) => replayWebhook(log, webhookId, after, record)
  }
}

/** The management of a log's webhooks. */
export type WebhookManagement = ReturnType<typeof makeWebhookManagement>
