/** `holdfast events reset`: sets a cursor to another position. */
import { makeManagementRecords } from "@holdfast/core/engine"
import {
  type CursorKind,
  type EventLog,
  replayWebhook,
  targetOfCursor,
  webhookOfCursor
} from "@holdfast/core/events"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { answer } from "../../cli/answering.ts"
import { contextFlags } from "../../cli/contextSettings.ts"
import { required } from "../../cli/settings.ts"
import { logOf, onDatabase, onDatabaseFlags } from "../onDatabase.ts"
import { positionOf, readPlace, unknownCursor } from "./positions.ts"

const flags = {
  ...onDatabaseFlags,
  ...contextFlags,
  cursor: Argument.withDescription(Argument.String("cursor"), "Name of the cursor"),
  to: required("to", {
    metavar: "<position|first|last>",
    description: "Where the cursor stands afterwards: its next event comes after that",
    read: readPlace
  })
}

const sentAgain = "events after it are sent again: receivers must drop those that they have seen"

/** What it means for each kind of follower that events are repeated. */
const repeats: Readonly<Record<CursorKind, string>> = {
  PUBLISHER: sentAgain,
  WEBHOOK: sentAgain,
  SUBSCRIPTION:
    "events after it are handled again: a handler that counts, also one in a transaction, counts " +
    "them a second time, so undo what it has written first"
}

/** Sets a cursor to a position. One of a webhook is replayed: its notes would keep events from it. */
const resetTo = Effect.fnUntraced(function* (
  log: EventLog,
  name: string,
  kind: CursorKind | undefined,
  position: number
) {
  const record = yield* makeManagementRecords
  const reset = Effect.flatMap(
    record({ operation: "ResetCursor", targets: [targetOfCursor(name)] }),
    (one) => log.cursors.reset(name, position, one)
  )
  return yield* kind === "WEBHOOK"
    ? Effect.catchTag(
        replayWebhook(log, webhookOfCursor(name), position, record),
        "WebhookNotFound",
        () => reset
      )
    : reset
})

/** The owner of the cursor loses it, and takes it again at the new position. */
export const reset = Command.make("reset", flags, (input) =>
  onDatabase(input, () =>
    Effect.gen(function* () {
      const { cursor, to } = input
      const log = yield* logOf(input.context)
      const position = yield* positionOf(log, to)
      const before = (yield* log.cursors.list).find(({ name }) => name === cursor)
      yield* Effect.catchTag(resetTo(log, cursor, before?.kind, position), "CursorUnknown", () =>
        unknownCursor(log.cursors, cursor)
      )
      const isRepeat = before !== undefined && position < before.position
      yield* answer(input, { cursor, position }, [
        `the cursor ${cursor} stands at position ${position}`,
        ...(isRepeat ? [repeats[before.kind]] : [])
      ])
    })
  )
).pipe(
  Command.withDescription("Set a cursor to another position, to repeat or to skip events"),
  Command.withExamples([
    { command: "holdfast events reset kafka --to first", description: "Send all events again" }
  ])
)
