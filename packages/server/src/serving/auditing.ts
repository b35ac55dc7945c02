/** The key ring of a process, and the sealing of its logs while it serves. */
import { appendFile } from "node:fs/promises"
import { layerKeyUsage } from "@holdfast/adapter-pg/effect"
import {
  AccessAudit,
  layerSealer,
  publishSeals,
  type Seal,
  type SealableLog,
  sealJson
} from "@holdfast/core/audit"
import type { EventPublisher } from "@holdfast/core/events"
import { KeyRing, type RingKeys } from "@holdfast/core/secrets"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { AuditInput } from "../cli/auditSettings.ts"
import type { KafkaDestination } from "../cli/kafkaSettings.ts"
import { openKafka, ownerHere } from "./relaying.ts"
import { ServedContexts } from "./ServedContexts.ts"

/** The key ring, whose encryptions are counted in a schema; nothing without keys. */
export const layerKeyRing = (keys: RingKeys | undefined, schema: string) =>
  keys === undefined ? Layer.empty : Layer.provide(KeyRing.layer(keys), layerKeyUsage({ schema }))

/** How long a receiver of seals may take. */
const publishMillisMax = 10_000

const posted = async (url: URL, body: string): Promise<void> => {
  const answer = await fetch(url, {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
    signal: AbortSignal.timeout(publishMillisMax)
  })
  await answer.body?.cancel()
  if (!answer.ok) throw new Error(`the receiver of seals answered with ${answer.status}`)
}

/** Takes a seal to a place. */
type Publish = (seal: Seal, context: string) => Effect.Effect<void, unknown>

/** The places for seals that the settings name, beside Kafka. */
const placesOf = ({ sealsFile, sealsUrl }: AuditInput): ReadonlyArray<Publish> => {
  const lineOf = (seal: Seal, context: string) =>
    `${JSON.stringify({ context, ...JSON.parse(sealJson(seal)) })}\n`
  const toFile =
    (file: string): Publish =>
    (seal, context) =>
      Effect.tryPromise(() => appendFile(file, lineOf(seal, context), { flush: true }))
  const toUrl =
    (url: URL): Publish =>
    (seal, context) =>
      Effect.tryPromise(() => posted(url, lineOf(seal, context)))
  return [
    ...(sealsFile === undefined ? [] : [toFile(sealsFile)]),
    ...(sealsUrl === undefined ? [] : [toUrl(sealsUrl)])
  ]
}

/** The topic of seals. Kafka is opened with the first seal, and again as long as it cannot be. */
const topicOf = Effect.fnUntraced(function* (destination: KafkaDestination) {
  const scope = yield* Effect.scope
  const oneOpening = Semaphore.makeUnsafe(1)
  let opened: EventPublisher | undefined
  const open = oneOpening.withPermits(1)(
    Effect.gen(function* () {
      const opening = openKafka(destination, { context: "seals" })
      opened ??= yield* Effect.provideService(opening, Scope.Scope, scope)
      return opened
    })
  )
  const publish: Publish = (seal, context) =>
    Effect.flatMap(open, (publisher) => publishSeals(publisher)(seal, context))
  return publish
})

/** Seals the logs of every context, and that of access where it is, for the lifetime of the layer. */
export const layerSealing = (
  input: AuditInput,
  kafka: KafkaDestination | undefined
): Layer.Layer<never, never, ServedContexts> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const contexts = yield* ServedContexts
      const access = yield* Effect.serviceOption(AccessAudit)
      const topic = input.sealsKafka && kafka !== undefined ? [yield* topicOf(kafka)] : []
      const places = [...placesOf(input), ...topic]
      const logs: ReadonlyArray<SealableLog> = [
        ...contexts.map(({ log }) => log),
        ...(access._tag === "Some" ? [{ context: "access", audit: access.value }] : [])
      ]
      return layerSealer(logs, {
        intervalMillis: input.sealInterval,
        owner: ownerHere(),
        // One place that is away keeps no seal from another.
        publish: (seal, context) =>
          Effect.flatMap(
            Effect.forEach(places, (publish) => Effect.exit(publish(seal, context)), {
              concurrency: "unbounded"
            }),
            (exits) => Effect.forEach(exits, (exit) => exit, { discard: true })
          )
      })
    })
  )
