/**
 * The sealer of a context: every few seconds it seals what both logs have that is certain by then. One
 * process seals at a time, by a lease; two that seal at once would write the same seal, of which one is
 * kept.
 */
import type * as Cause from "effect/Cause"
import * as Digest from "effect/crypto/Digest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layerDigest } from "../../access/layerDigest.ts"
import { blockMax, type Seal, type SealedLog, sealAfter, sealedLogs } from "../../audit/Seal.ts"
import type { EventId } from "../../kernel/Identifier.ts"
import type { Cursors, Lease } from "../Cursors.ts"
import type { EventLog } from "../EventLog.ts"
import { sealerCursor } from "../relay/reservedCursors.ts"
import { whileLeased } from "../relay/whileLeased.ts"

/** The log of a context, as far as it is sealed. Without cursors there is no lease, and no log of events. */
export type SealableLog = Pick<EventLog, "audit" | "context"> & Partial<Pick<EventLog, "cursors">>

/** How logs are sealed. */
export interface SealerOptions {
  /** How long to wait between two looks: 5 seconds. */
  readonly intervalMillis?: number | undefined
  /** Whether each seal is logged: true. */
  readonly isLogged?: boolean | undefined
  /** Who seals, for people. */
  readonly owner?: string | undefined
  /** Takes each seal elsewhere. A failure is logged, and the seal stays. */
  readonly publish?: ((seal: Seal, context: string) => Effect.Effect<void, unknown>) | undefined
}

const leaseMillis = 30_000

/** Seals the next block of a log; null when there is nothing to seal, or somebody else was quicker. */
const sealNext = Effect.fnUntraced(function* ({ audit }: SealableLog, log: SealedLog) {
  const hash = yield* Digest.Digest
  const last = yield* audit.lastSeal(log)
  const texts = yield* audit.texts(log, { after: last?.lastPosition ?? 0, limit: blockMax })
  const end = texts.at(-1)
  if (end === undefined) return null
  const seal = yield* sealAfter(hash, log, last, texts, yield* DateTime.now)
  return (yield* audit.seal(seal)) ? { seal, lastId: end.id } : null
})

const logged = ({ digest, lastPosition, log, number }: Seal, context: string) =>
  Effect.annotateLogs(Effect.logInfo("sealed"), { context, log, number, lastPosition, digest })

/** Seals everything that is certain by now; the seals that were made. */
export const sealAll = Effect.fnUntraced(function* (
  log: SealableLog,
  options: SealerOptions = {},
  lease?: Lease
) {
  const made: Array<Seal> = []
  for (const which of sealedLogs) {
    while (true) {
      const next = yield* sealNext(log, which)
      if (next === null) break
      const { lastId, seal } = next
      made.push(seal)
      if (options.isLogged !== false) yield* logged(seal, log.context)
      if (options.publish !== undefined) {
        yield* Effect.catchCause(options.publish(seal, log.context), (cause) =>
          Effect.logError(`seal ${seal.number} of ${seal.log} was not published`, cause)
        )
      }
      if (which === "EVENTS" && lease !== undefined && log.cursors !== undefined) {
        const moved = { position: seal.lastPosition, eventId: lastId as EventId, deadLetters: [] }
        if (!(yield* log.cursors.advance(lease, moved))) return made
      }
    }
  }
  return made
})

/**
 * Puts the cursor where the last seal ends, or as near as the log has it. A seal says itself how far it goes,
 * so a cursor that cannot go on, since events were dropped before it or the log was restored, is no reason
 * to seal nothing any more.
 */
const beginAgain = ({ audit, context }: SealableLog, cursors: Cursors) =>
  Effect.gen(function* () {
    const last = yield* audit.lastSeal("EVENTS")
    const position = last?.lastPosition ?? 0
    yield* cursors.reset(sealerCursor, position).pipe(
      Effect.catchTags({
        PositionGone: ({ horizon }) => cursors.reset(sealerCursor, horizon),
        PositionBeyondHead: ({ head }) => cursors.reset(sealerCursor, head)
      })
    )
    yield* Effect.logWarning(`the sealer of ${context} begins again after its last seal`)
  })

/** Seals a log for as long as the effect runs. */
export const sealOn = (log: SealableLog, options: SealerOptions = {}) => {
  const { intervalMillis = 5_000, owner = "sealer" } = options
  const { cursors } = log
  const pause = Effect.sleep(intervalMillis)
  const warned = (cause: Cause.Cause<unknown>) =>
    Effect.logWarning(`the log of ${log.context} could not be sealed`, cause)
  const turn = (lease?: Lease) =>
    Effect.catchCause(Effect.asVoid(sealAll(log, options, lease)), warned)
  if (cursors === undefined) return Effect.forever(Effect.andThen(turn(), pause))
  const kept = { kind: "SUBSCRIPTION", from: "FIRST", owner, leaseMillis } as const
  const take = cursors
    .take(sealerCursor, kept)
    .pipe(
      Effect.catchTag(["PositionGone", "LogRestored"], () =>
        Effect.andThen(beginAgain(log, cursors), cursors.take(sealerCursor, kept))
      )
    )
  const held = (lease: Lease) => Effect.forever(Effect.andThen(turn(lease), pause))
  const round = whileLeased(cursors, take, leaseMillis, held, pause)
  return Effect.forever(Effect.catchCause(round, (cause) => Effect.andThen(warned(cause), pause)))
}

/** Seals logs for as long as the layer lives. */
export const layerSealer = (
  logs: ReadonlyArray<SealableLog>,
  options: SealerOptions = {}
): Layer.Layer<never> =>
  Layer.provide(
    Layer.effectDiscard(
      Effect.forEach(logs, (log) => Effect.forkScoped(sealOn(log, options)), { discard: true })
    ),
    layerDigest
  )
