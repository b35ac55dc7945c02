/**
 * Keeps the certificates of a running process those of its files. The files are read again when they
 * have changed and at SIGHUP. Files that cannot be used leave the certificates in force that are, and
 * the log says why. Connections that are open keep what they began with.
 */
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { CommandFailure } from "../../cli/CommandFailure.ts"
import {
  type CertificateFiles,
  type Certificates,
  type KnownCertificate,
  readCertificates,
  stateOf
} from "./certificateFiles.ts"

/** How often it is looked whether a file has changed. */
const lookMillis = 1_000

/** How long before its end a certificate is worth a warning. */
export const warnDays = 30

const dayMillis = 86_400_000

/** Whole days until an instant; negative once it is past. */
export const daysUntil = (instant: Date, nowMillis: number): number =>
  Math.floor((instant.getTime() - nowMillis) / dayMillis)

/** Reads the files now, or fails with what is wrong. */
export const certificatesOf = (
  files: CertificateFiles
): Effect.Effect<Certificates, CommandFailure> =>
  Effect.suspend(() => {
    const read = readCertificates(files, new Date())
    return read instanceof CommandFailure ? Effect.fail(read) : Effect.succeed(read)
  })

const about = ({ expiresAt, file, serialNumber, setting, subject }: KnownCertificate) => ({
  setting,
  file,
  subject,
  serialNumber,
  expiresAt: expiresAt.toISOString()
})

const logAll = (certificates: Certificates, message: string) =>
  Effect.forEach(
    certificates.known,
    (one) => Effect.annotateLogs(Effect.logInfo(message), about(one)),
    { discard: true }
  )

/** Warns of certificates that end soon. */
const warnOfEnds = (certificates: Certificates) =>
  Effect.forEach(
    certificates.known.filter(({ expiresAt }) => daysUntil(expiresAt, Date.now()) < warnDays),
    (one) => {
      const days = daysUntil(one.expiresAt, Date.now())
      const message = days < 0 ? "a certificate has expired" : "a certificate expires soon"
      return Effect.annotateLogs(Effect.logWarning(message), { ...about(one), days })
    },
    { discard: true }
  )

const hangUps: Effect.Effect<Queue.Queue<void>, never, Scope.Scope> = Effect.gen(function* () {
  const asked = yield* Queue.sliding<void>(1)
  const hear = () => {
    Queue.offerUnsafe(asked, undefined)
  }
  yield* Effect.acquireRelease(
    Effect.sync(() => process.on("SIGHUP", hear)),
    () => Effect.sync(() => process.off("SIGHUP", hear))
  )
  return asked
})

/**
 * Gives `use` the certificates of the files now, and again whenever they have changed, for the
 * lifetime of the scope. Fails when those of now cannot be used. `use` may throw, which leaves what
 * was in force.
 */
export const keepCertificatesFresh = Effect.fnUntraced(function* (
  files: CertificateFiles,
  use: (certificates: Certificates) => void
): Effect.fn.Return<void, CommandFailure, Scope.Scope> {
  // Noted first: what is replaced while it is read is read again.
  let [known, seen] = [stateOf(files), ""]
  let current = yield* certificatesOf(files)
  let warnedAt = Date.now()
  yield* Effect.sync(() => use(current))
  yield* warnOfEnds(current)
  const asked = yield* hangUps
  const readAgain = Effect.gen(function* () {
    const read = yield* certificatesOf(files)
    yield* Effect.try({ try: () => use(read), catch: (error) => error as Error })
    current = read
    yield* logAll(read, "certificates were read again")
    yield* warnOfEnds(read)
  }).pipe(
    Effect.catch((error) =>
      Effect.logError(
        `the certificates in force stay, those in the files do not fit: ${error.message}`
      )
    )
  )
  const look = Effect.gen(function* () {
    const isAsked = (yield* Effect.timeoutOption(Queue.take(asked), lookMillis))._tag === "Some"
    const state = stateOf(files)
    // Files are written one after another: they are read once none has changed since the last look.
    const hasSettled = state !== known && state === seen
    seen = state
    if (isAsked || hasSettled) {
      known = state
      yield* readAgain
    }
    if (Date.now() - warnedAt > dayMillis) {
      warnedAt = Date.now()
      yield* warnOfEnds(current)
    }
  })
  yield* Effect.forkScoped(Effect.forever(look))
})
