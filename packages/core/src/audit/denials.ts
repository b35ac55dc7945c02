/**
 * Denied attempts on their way into the audit log: at most so many a minute of one principal, and of
 * the others the count. Who guesses fills no table, and the record says how often they guessed.
 */
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { anonymousPrincipal, isGuest, type Principal, principalName } from "../access/Principal.ts"
import { keepable } from "../kernel/Text.ts"
import { steadyMillisNow } from "../metrics/steadyMillis.ts"
import { KeyRing } from "../secrets/KeyRing.ts"
import type { AuditLog, DeniedAttempt } from "./AuditLog.ts"
import { auditPrincipalOf } from "./asking.ts"
import { type Sender, sealSender } from "./sender.ts"

/** An attempt that a door denies. */
export interface Denial {
  /** Who asked; the anonymous principal when nobody vouches for them. */
  readonly principal: Principal
  readonly operation: string
  /** What it was about, as `TYPE:id`: nothing unless given. */
  readonly targets?: ReadonlyArray<string> | undefined
  /** Why, in words that name no secret. */
  readonly reason: string
  readonly correlationId?: string | undefined
  readonly sender?: Sender | undefined
}

/** How denied attempts are bounded. */
export interface DenialOptions {
  /** How many attempts of one principal are recorded a minute: 60. */
  readonly perMinuteMax?: number | undefined
}

/** Records a denied attempt. It never fails: what cannot be recorded is logged. */
export type RecordDenial = (denial: Denial) => Effect.Effect<void>

const minuteMillis = 60_000

/** How many principals are counted apart; the others share one count. */
const principalsMax = 10_000

const othersKey = "others"

/** Anybody has as many carts as they like, so guests are counted as one. */
const guestsKey = "guests"

interface Minute {
  readonly startedAt: number
  recorded: number
  dropped: number
  last: DeniedAttempt | undefined
}

const newMinute = (startedAt: number): Minute => ({
  ...{ startedAt, recorded: 0, dropped: 0 },
  last: undefined
})

/** Makes the way of denied attempts into an audit log. Closing its scope records what was counted. */
export const makeDenials = (
  audit: Pick<AuditLog, "deny">,
  { perMinuteMax = 60 }: DenialOptions = {}
): Effect.Effect<RecordDenial, never, Digest.Digest | Scope.Scope> =>
  Effect.gen(function* () {
    const hash = yield* Digest.Digest
    const keyRing = yield* Effect.serviceOption(KeyRing)
    const minutes = new Map<string, Minute>()
    const orLogged = (attempts: ReadonlyArray<DeniedAttempt>) =>
      attempts.length === 0
        ? Effect.void
        : Effect.catch(audit.deny(attempts), (error) =>
            Effect.logError(`${attempts.length} denied attempts were not recorded`, error)
          )

    const attemptOf = Effect.fnUntraced(function* (denial: Denial) {
      const { correlationId = null, operation, principal, reason, sender, targets = [] } = denial
      const auditId = globalThis.crypto.randomUUID()
      const about = {
        ...{ auditId, operation, dropped: 0 },
        // Nobody has checked them, and a NUL would end each search of the log, and its sealing too.
        reason: keepable(reason),
        targets: targets.map(keepable),
        correlationId: correlationId === null ? null : keepable(correlationId)
      }
      const kept =
        sender === undefined || keyRing._tag === "None"
          ? null
          : yield* Effect.orElseSucceed(
              sealSender(keyRing.value, hash, auditId, sender),
              () => null
            )
      return { ...about, principal: auditPrincipalOf(principal), sender: kept }
    })

    /** What was dropped in the minutes of these that are over, as records of their own. */
    const takeDropped = (
      endedBy: number,
      keys: ReadonlyArray<string> = [...minutes.keys()]
    ): ReadonlyArray<DeniedAttempt> =>
      keys.flatMap((key): ReadonlyArray<DeniedAttempt> => {
        const minute = minutes.get(key)
        if (minute === undefined || minute.startedAt > endedBy) return []
        minutes.delete(key)
        if (minute.dropped === 0 || minute.last === undefined) return []
        const auditId = globalThis.crypto.randomUUID()
        const { principal } = minute.last
        return [
          {
            ...{ ...minute.last, auditId, dropped: minute.dropped, sender: null },
            principal: key === guestsKey ? auditPrincipalOf(anonymousPrincipal) : principal
          }
        ]
      })

    const record: RecordDenial = Effect.fnUntraced(function* (denial) {
      const now = yield* steadyMillisNow
      const own = isGuest(denial.principal) ? guestsKey : principalName(denial.principal)
      const key = minutes.has(own) || minutes.size < principalsMax ? own : othersKey
      // Those of everybody else are looked at once a minute: who floods makes nobody go through them all.
      const over = takeDropped(now - minuteMillis, [key])
      const minute = minutes.get(key) ?? newMinute(now)
      minutes.set(key, minute)
      if (minute.recorded >= perMinuteMax) {
        minute.dropped += 1
        return yield* orLogged(over)
      }
      minute.recorded += 1
      const attempt = yield* attemptOf(denial)
      minute.last = attempt
      yield* orLogged([...over, attempt])
    })

    const flushed = Effect.flatMap(steadyMillisNow, (now) =>
      orLogged(takeDropped(now - minuteMillis))
    )
    yield* Effect.forkScoped(Effect.forever(Effect.delay(flushed, minuteMillis)))
    yield* Effect.addFinalizer(() =>
      Effect.suspend(() => orLogged(takeDropped(Number.POSITIVE_INFINITY)))
    )
    return record
  })
