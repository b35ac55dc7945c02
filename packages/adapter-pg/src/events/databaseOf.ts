/**
 * Which database a schema is in: from when it was made, to the microsecond, which every copy of it shares,
 * and from the cluster and the number of the database there, which no copy that was made of a dump shares. A
 * standby that was promoted is the same database; so is a copy of the files, as a snapshot of a disk is.
 */
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import type { SqlFailure } from "../connection/SqlFailure.ts"
import type { Run } from "./settledPosition.ts"
import { readCluster, readDatabase } from "./statements/readDatabase.ts"

/** Characters of the word: as many as keep databases apart, and keys short. */
const length = 12

/** A word for the database that a schema is in. */
export const databaseOf = (schema: string, run: Run): Effect.Effect<string, SqlFailure> =>
  Effect.gen(function* () {
    const [[found] = []] = yield* run([readDatabase(schema)])
    const [[cluster] = []] = found?.["may_read_cluster"] === true ? yield* run([readCluster]) : []
    const parts = [found?.["made_at"], found?.["number"], cluster?.["cluster"]]
    return createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, length)
  })
