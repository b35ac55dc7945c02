/**
 * What the server knows of its surroundings without asking anybody: its replicas, its certificates, and
 * the disk that the embedded database is on.
 */
import { type PgSessions, replicaStandings } from "@holdfast/adapter-pg/effect"
import { counter, gauge, readNowAndThen } from "@holdfast/core/metrics"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { CommandFailure } from "../../../cli/CommandFailure.ts"
import type { DatabasePlace } from "../../../cli/databaseSettings.ts"
import { freeBytesOf } from "../../health/healthChecks.ts"
import { type CertificateFiles, readCertificates } from "../../network/certificateFiles.ts"

const ofReplica = { labels: ["replica"], seriesMax: 20 }

const lag = gauge(
  "holdfast_replica_lag_seconds",
  "How old what a replica shows may be, by its number in the settings",
  { ...ofReplica, unit: "seconds" }
)

const used = gauge("holdfast_replica_used", "Whether a replica is read: 1 or 0", ofReplica)

const reads = counter(
  "holdfast_replica_reads_total",
  "Reads that a replica answered, and those that the primary answered in its place",
  { labels: ["replica", "outcome"], seriesMax: 40 }
)

const free = gauge(
  "holdfast_folder_free_bytes",
  "What is free on the disk of the embedded database",
  { unit: "bytes" }
)

const expiry = gauge(
  "holdfast_certificate_expires_seconds",
  "How long a certificate is still valid: that which is served, that which is shown to others, and authorities",
  { unit: "seconds", labels: ["which"], seriesMax: 10 }
)

/** Shows how replicas stand, which their last probes know. */
const showReplicas: Effect.Effect<void, never, PgSessions | Scope.Scope> = Effect.gen(function* () {
  const services = yield* Effect.context<PgSessions>()
  const standings = Effect.provideContext(replicaStandings, services)
  const count = (yield* standings).length
  if (count === 0) return
  const read = Effect.map(standings, (all) => {
    for (const [index, { lagMillis, state }] of all.entries()) {
      const name = String(index + 1)
      used
        .in(services)
        .with(name)
        .set(state === "IN" ? 1 : 0)
      // How old what it shows would be is not known of a replica that is gone.
      if (lagMillis === null) lag.in(services).clear(name)
      else
        lag
          .in(services)
          .with(name)
          .set(lagMillis / 1_000)
    }
  })
  yield* readNowAndThen({ name: "replicas", every: "2 seconds", read })
  const now = Effect.runSyncWith(services)
  const stops = Array.from({ length: count }, (_, index) => {
    const name = String(index + 1)
    const of = (what: "answered" | "passedOn") => () => now(standings)[index]?.[what] ?? 0
    return [
      reads.in(services).reading(of("answered"), name, "answered"),
      reads.in(services).reading(of("passedOn"), name, "passed_on")
    ]
  }).flat()
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      for (const stop of stops) stop()
    })
  )
})

/** What the settings call a certificate, and what metrics call it. */
const names: Readonly<Record<string, string>> = {
  "tls-cert": "server",
  "tls-client-ca": "client_authority",
  "peer-cert": "peer",
  "peer-ca": "peer_authority"
}

/** How long the certificates in files are still valid, the shortest by name; none that cannot be read. */
const expiriesOf = (files: CertificateFiles, now: Date): ReadonlyMap<string, number> => {
  const read = readCertificates(files, now)
  const seconds = new Map<string, number>()
  if (read instanceof CommandFailure) return seconds
  for (const { expiresAt, setting } of read.known) {
    const name = names[setting] ?? "other"
    const left = (expiresAt.getTime() - now.getTime()) / 1_000
    seconds.set(name, Math.min(seconds.get(name) ?? left, left))
  }
  return seconds
}

const showCertificates = (files: ReadonlyArray<CertificateFiles | undefined>) =>
  Effect.flatMap(Effect.context<never>(), (context) =>
    readNowAndThen({
      name: "certificates",
      every: "1 minute",
      read: Effect.sync(() => {
        for (const some of files) {
          if (some === undefined) continue
          for (const [name, left] of expiriesOf(some, new Date())) {
            expiry.in(context).with(name).set(left)
          }
        }
      })
    })
  )

const showFolder = (folder: string) =>
  Effect.flatMap(Effect.context<never>(), (context) =>
    readNowAndThen({
      name: "folder",
      read: Effect.map(
        Effect.tryPromise(() => freeBytesOf(folder)),
        (bytes) => free.in(context).with().set(bytes)
      )
    })
  )

/** What the surroundings of a server are. */
export interface Surroundings {
  readonly place: DatabasePlace
  readonly tls: { readonly files: CertificateFiles } | undefined
  readonly peer: CertificateFiles | undefined
}

/** Shows what the server knows of its surroundings, until the scope closes. */
export const showSurroundings = Effect.fnUntraced(function* ({
  peer,
  place,
  tls
}: Surroundings): Effect.fn.Return<void, never, PgSessions | Scope.Scope> {
  yield* showReplicas
  if (tls !== undefined || peer !== undefined) yield* showCertificates([tls?.files, peer])
  if (place._tag === "Folder") yield* showFolder(place.folder)
})
