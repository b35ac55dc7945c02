/** `holdfast events tail`: prints events as they are committed, until a signal. */
import type { EventLog, KeptEvent } from "@holdfast/core/events"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { answerLines } from "../../cli/answering.ts"
import { usageFailure } from "../../cli/CommandFailure.ts"
import { contextFlags } from "../../cli/contextSettings.ts"
import { oneOf, setting, toggle } from "../../cli/settings.ts"
import { stopSignal } from "../../cli/signals.ts"
import { logOf, onDatabase, onDatabaseFlags } from "../onDatabase.ts"
import { keptJson, keptLine } from "./eventLines.ts"
import { type AskedPlace, checkPlace, placeFlags, positionOf } from "./positions.ts"
import { checkTypes, typesFlag } from "./typesFlag.ts"

const flags = {
  ...onDatabaseFlags,
  ...contextFlags,
  json: toggle("json", "Print one JSON document a line", false),
  ...placeFlags("Begin after this position"),
  types: typesFlag,
  from: setting(
    "from",
    {
      metavar: "<first|last>",
      description: "Begin with the first event, or after the last (default: last)",
      read: oneOf("first", "last")
    },
    undefined
  )
}

/** How often the log is read when nobody says that it has grown. */
const pollMillis = 1_000

const pageSize = 1_000

const startOf = Effect.fnUntraced(function* (
  log: EventLog,
  { from, ...place }: AskedPlace & { readonly from: "first" | "last" | undefined }
) {
  yield* checkPlace(log, place)
  if (place.after === undefined) return yield* positionOf(log, from ?? "last")
  if (from === undefined) return place.after
  return yield* usageFailure("choose one of --after and --from")
})

const follow = Effect.fnUntraced(function* (
  log: EventLog,
  start: number,
  types: ReadonlyArray<string> | undefined,
  print: (events: ReadonlyArray<KeptEvent>) => Effect.Effect<void>
) {
  const appended = yield* log.watch
  let position = start
  while (true) {
    const events = yield* log.read(position, pageSize)
    const last = events.at(-1)
    if (last === undefined) yield* Effect.timeoutOption(appended, pollMillis)
    else {
      yield* print(
        types === undefined ? events : events.filter(({ eventType }) => types.includes(eventType))
      )
      position = last.position
    }
  }
})

/** Reads only. A signal is how it ends, so the exit code is 0 then. */
export const tail = Command.make("tail", flags, (input) =>
  onDatabase(
    input,
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          yield* checkTypes(input.context, input.types)
          const log = yield* logOf(input.context)
          const start = yield* startOf(log, input)
          const lineOf = input.json ? keptJson : keptLine
          const print = (events: ReadonlyArray<KeptEvent>) =>
            events.length === 0 ? Effect.void : answerLines(events.map(lineOf))
          yield* Effect.raceFirst(follow(log, start, input.types, print), stopSignal)
        })
      ),
    { isFollower: true }
  )
).pipe(
  Command.withDescription("Print events as they are committed, one a line, until a signal"),
  Command.withExamples([
    { command: "holdfast events tail --from first --json", description: "The whole log, then on" }
  ])
)
