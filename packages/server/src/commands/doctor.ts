/**
 * `holdfast doctor`: looks at the database and says what is well, what is not, and what to do
 * next. The exit code is 1 when a check fails; a warning is not a failure.
 */
import { diagnose } from "@holdfast/adapter-pg/effect"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { Answered, answer } from "../cli/answering.ts"
import { placeOf } from "../cli/databaseSettings.ts"
import { type Check, checksOf } from "./diagnosisChecks.ts"
import { onDatabase, onDatabaseFlags } from "./onDatabase.ts"

const line = ({ found, name, next, status }: Check): string => {
  const text = `${status.padEnd(4)}  ${name.padEnd(18)}  ${found}`
  return next === "" ? text : `${text}\n${" ".repeat(26)}→ ${next}`
}

/** Reads only. */
export const doctor = Command.make("doctor", onDatabaseFlags, (input) =>
  onDatabase(input, (described) =>
    Effect.gen(function* () {
      const { _tag } = yield* placeOf(input)
      const { schema } = input
      const facts = yield* diagnose(schema)
      const checks = checksOf(facts, { schema, isEmbedded: _tag !== "Postgres" })
      yield* answer(input, { database: described, schema, checks }, [
        `ok    ${"connection".padEnd(18)}  ${described}`,
        ...checks.map(line)
      ])
      if (checks.some(({ status }) => status === "fail"))
        return yield* new Answered({ exitCode: 1 })
    })
  )
).pipe(Command.withDescription("Check the database, and say what to do next"))
