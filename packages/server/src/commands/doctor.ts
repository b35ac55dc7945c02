/**
 * `holdfast doctor`: looks at the database and says what is well, what is not, and what to do
 * next. The exit code is 1 when a check fails; a warning is not a failure.
 */
import { diagnose, diagnoseCatalog } from "@holdfast/adapter-pg/effect"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { Answered, answer, answering } from "../cli/answering.ts"
import { keyRingFlags } from "../cli/auditSettings.ts"
import { authFlags } from "../cli/authSettings.ts"
import {
  checkedOthers,
  contextsOf,
  otherFlags,
  schemaOf,
  serviceFlags
} from "../cli/contextSettings.ts"
import { placeOf } from "../cli/databaseSettings.ts"
import { redisFlags, redisOf } from "../cli/network/redisSettings.ts"
import { peerFlags, peerOf, tlsFlags, tlsOf } from "../cli/network/tlsSettings.ts"
import { replicaFlags } from "../cli/reads/replicaSettings.ts"
import { readOtel } from "../serving/telemetry/otelSettings.ts"
import { backupAgesOf } from "../serving/telemetry/readings/backupMetrics.ts"
import { accessChecks } from "./access/accessChecks.ts"
import { backupCheck } from "./diagnosis/backupChecks.ts"
import { followerChecks } from "./diagnosis/cacheChecks.ts"
import { certificateChecks } from "./diagnosis/certificateChecks.ts"
import { type Check, checksOf, type DiagnosedContext } from "./diagnosis/diagnosisChecks.ts"
import { keyRingChecks } from "./diagnosis/keyRingChecks.ts"
import { redisChecks } from "./diagnosis/redisChecks.ts"
import { replicationChecks } from "./diagnosis/replicationChecks.ts"
import { diskChecks, telemetryChecks } from "./diagnosis/surroundingsChecks.ts"
import { onDatabase, onDatabaseFlags } from "./onDatabase.ts"
import { otherChecks } from "./otherContext.ts"

const line =
  (width: number) =>
  ({ found, name, next, status }: Check): string => {
    const text = `${status.padEnd(4)}  ${name.padEnd(width)}  ${found}`
    return next === "" ? text : `${text}\n${" ".repeat(width + 8)}→ ${next}`
  }

const flags = {
  ...onDatabaseFlags,
  ...replicaFlags,
  ...serviceFlags,
  ...otherFlags,
  ...authFlags,
  ...keyRingFlags,
  ...tlsFlags,
  ...redisFlags,
  ...peerFlags
}

/** Reads only. */
export const doctor = (release: string) =>
  Command.make("doctor", flags, (input) => {
    const checked = answering(input, checkedOthers(input))
    const work = onDatabase(input, (described) =>
      Effect.gen(function* () {
        const place = yield* placeOf(input)
        const { _tag } = place
        const [tls, peer] = [yield* tlsOf(input), yield* peerOf(input)]
        const redis = yield* redisOf(input)
        const contexts = yield* Effect.forEach(
          contextsOf(input.service),
          Effect.fnUntraced(function* (context) {
            const schema = schemaOf(context, input)
            const diagnosis: DiagnosedContext =
              context === "inventory"
                ? { context, schema, facts: yield* diagnose(schema) }
                : { context, schema, facts: yield* diagnoseCatalog(schema) }
            return diagnosis
          })
        )
        const checks = [
          ...checksOf(contexts, { isEmbedded: _tag !== "Postgres" }),
          ...(_tag === "Postgres" ? yield* replicationChecks : []),
          backupCheck(yield* backupAgesOf(place), { isEmbedded: _tag !== "Postgres" }),
          ...(yield* accessChecks(input)),
          ...(yield* keyRingChecks(input, contexts)),
          ...(yield* redisChecks(redis)),
          ...(redis === undefined ? [] : followerChecks(contexts)),
          ...certificateChecks(tls?.files, new Date()),
          ...certificateChecks(peer, new Date()),
          ...(yield* diskChecks(place)),
          ...(yield* telemetryChecks(readOtel(process.env, release))),
          ...(yield* otherChecks(input, peer))
        ]
        const schemas = contexts.map(({ context, schema }) => ({ context, schema }))
        const lineOf = line(Math.max(...checks.map(({ name }) => name.length)))
        yield* answer(input, { database: described, schemas, checks }, [
          ...[
            { name: "connection", status: "ok" as const, found: described, next: "" },
            ...checks
          ].map(lineOf)
        ])
        if (checks.some(({ status }) => status === "fail"))
          return yield* new Answered({ exitCode: 1 })
      })
    )
    return Effect.andThen(checked, work)
  }).pipe(Command.withDescription("Check the database, and say what to do next"))
