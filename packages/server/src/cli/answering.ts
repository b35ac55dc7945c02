/**
 * How a command answers: what it found goes to standard output, as words or as one JSON document,
 * and a failure is one sentence on standard error (or one JSON document) and an exit code.
 */
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as References from "effect/References"
import { CommandFailure, fromCause } from "./CommandFailure.ts"
import { forPeople } from "./log/redacting.ts"
import { isJson, type LogInput, layerLog, minimumLevel } from "./logging.ts"
import { exitCodeOf, stopSignal } from "./signals.ts"

/** A command that has printed its whole answer. The process ends with `exitCode`. */
export class Answered extends Data.TaggedError("Answered")<{ readonly exitCode: number }> {}

/** The settings that say how a command answers. */
export interface AnswerInput extends LogInput {
  readonly json: boolean
}

/** Writes to standard output: the value as JSON, or the lines. */
export const answer = (
  input: Pick<AnswerInput, "json">,
  value: unknown,
  lines: ReadonlyArray<string>
): Effect.Effect<void> =>
  Effect.sync(() => {
    process.stdout.write(`${input.json ? JSON.stringify(value) : lines.join("\n")}\n`)
  })

/** Writes lines to standard output, and waits until its reader has taken them. */
export const answerLines = (lines: ReadonlyArray<string>): Effect.Effect<void> =>
  Effect.callback((resume) => {
    process.stdout.write(`${lines.join("\n")}\n`, () => resume(Effect.void))
  })

/** Says why a command failed. */
export const sayFailure = (input: Pick<AnswerInput, "json">, failure: CommandFailure): void => {
  const { code } = failure
  const message = forPeople(failure.message)
  if (input.json) process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`)
  else process.stderr.write(`holdfast: ${message}\n`)
}

/**
 * Runs a command with its log, and turns whatever goes wrong into an answer. A service whose log is
 * JSON logs its failure, so that a machine can read every line of its standard error.
 */
export const answering = <E, R>(
  input: AnswerInput,
  command: Effect.Effect<void, E, R>,
  options: { readonly isService?: boolean } = {}
): Effect.Effect<void, Answered, R> =>
  command.pipe(
    Effect.catchCause((cause) => {
      const error = Cause.squash(cause)
      if (error instanceof Answered) return Effect.fail(error)
      const failure = fromCause(cause)
      const saying =
        options.isService === true && isJson(input) && !input.json && failure.exitCode === 1
          ? Effect.annotateLogs(Effect.logError(failure.message), { code: failure.code })
          : Effect.sync(() => sayFailure(input, failure))
      const logged =
        failure.code === "Defect" ? Effect.andThen(Effect.logError(cause), saying) : saying
      return Effect.andThen(logged, Effect.fail(new Answered({ exitCode: failure.exitCode })))
    }),
    Effect.provide(layerLog(input)),
    // The level of a service may change while it runs, so its log is what leaves lines out.
    Effect.provideService(
      References.MinimumLogLevel,
      options.isService === true ? "Debug" : minimumLevel(input)
    )
  )

const interrupted = Effect.flatMap(stopSignal, (signal) =>
  Effect.fail(
    new CommandFailure({
      code: "Interrupted",
      message: `interrupted by ${signal}`,
      exitCode: exitCodeOf(signal)
    })
  )
)

/** The same for a command that a signal may end early: it closes what it opened. */
export const answeringOnce = <E, R>(
  input: AnswerInput,
  command: Effect.Effect<void, E, R>
): Effect.Effect<void, Answered, R> => answering(input, Effect.raceFirst(command, interrupted))
