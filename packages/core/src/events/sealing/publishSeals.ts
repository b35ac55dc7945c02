/** Seals as events, for a destination of events: a topic that the owner of the database does not own. */
import type * as Effect from "effect/Effect"
import { sealJson } from "../../audit/exportAudit.ts"
import { type Seal, sealEventType } from "../../audit/Seal.ts"
import type { CommandId, EventId } from "../../kernel/Identifier.ts"
import type { KeptEvent } from "../EventLog.ts"
import type { EventPublisher, PublishError } from "../EventPublisher.ts"

/** A UUID that is the same for the same seal, so that a repeat is known. */
const idOf = (digest: string): string =>
  [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `8${digest.slice(17, 20)}`,
    digest.slice(20, 32)
  ].join("-")

/** A seal of the logs of a context as an event; the log is its aggregate, and its number the version. */
export const sealEvent = (seal: Seal, context: string): KeptEvent => {
  const id = idOf(seal.digest)
  return {
    position: seal.number,
    eventId: id as EventId,
    eventType: sealEventType,
    aggregateType: "SEALS",
    aggregateId: `${context}.${seal.log}`,
    version: seal.number,
    timestamp: seal.sealedAt,
    commandId: id as CommandId,
    correlationId: null,
    traceparent: null,
    payloadJson: JSON.stringify({ context, ...JSON.parse(sealJson(seal)) })
  }
}

/** Publishes seals, each as it is made. */
export const publishSeals =
  ({ publish }: EventPublisher) =>
  (seal: Seal, context: string): Effect.Effect<void, PublishError> =>
    publish([sealEvent(seal, context)])
