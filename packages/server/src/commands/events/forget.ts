/** `holdfast events forget`: removes a cursor that nobody needs any more. */
import { makeManagementRecords } from "@holdfast/core/engine"
import { type Cursor, cursorOfWebhook, targetOfCursor } from "@holdfast/core/events"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { answer } from "../../cli/answering.ts"
import { failure } from "../../cli/CommandFailure.ts"
import { contextFlags } from "../../cli/contextSettings.ts"
import { toggle } from "../../cli/settings.ts"
import { logOf, onDatabase, onDatabaseFlags } from "../onDatabase.ts"
import { unknownCursor } from "./positions.ts"

const flags = {
  ...onDatabaseFlags,
  ...contextFlags,
  cursor: Argument.withDescription(Argument.String("cursor"), "Name of the cursor"),
  yes: toggle("yes", "Also when somebody moves the cursor, or has moved it just now", false)
}

/** Who has moved a cursor within this time is likely to be back. */
const justNowSeconds = 60

/** Why somebody may still need a cursor; undefined when nothing says so. */
const useOf = ({ name, owner, updatedAt }: Cursor, now: DateTime.Utc): string | undefined => {
  const idleSeconds = Math.round((now.epochMilliseconds - updatedAt.epochMilliseconds) / 1_000)
  if (owner !== null) return `${owner} moves the cursor ${name}`
  return idleSeconds < justNowSeconds
    ? `the cursor ${name} was moved ${idleSeconds} s ago`
    : undefined
}

/** Its dead letters go with it. A follower of this name makes a new cursor later. */
export const forget = Command.make("forget", flags, (input) =>
  onDatabase(input, () =>
    Effect.gen(function* () {
      const { cursor: name, yes } = input
      const { cursors, webhooks } = yield* logOf(input.context)
      const found = (yield* cursors.list).find((one) => one.name === name)
      if (found === undefined) return yield* unknownCursor(cursors, name)
      // A process that died while it made a webhook may have left a cursor that nobody else removes.
      const isOfWebhook =
        found.kind === "WEBHOOK" &&
        (yield* webhooks.list).some(({ webhookId }) => cursorOfWebhook(webhookId) === name)
      if (isOfWebhook) {
        return yield* failure(
          "CursorOfWebhook",
          `the cursor ${name} belongs to a webhook: delete the webhook, and it goes too`
        )
      }
      const use = useOf(found, yield* DateTime.now)
      if (use !== undefined && !yes) {
        return yield* failure(
          "CursorInUse",
          `${use}: it would make a new one under this name, and begin again with the whole log unless ` +
            "it asks for the end; stop it first, or give --yes to forget the cursor all the same"
        )
      }
      const record = yield* makeManagementRecords
      const forget = yield* record({ operation: "ForgetCursor", targets: [targetOfCursor(name)] })
      const { deadLetters } = yield* Effect.catchTag(
        cursors.forget(name, forget),
        "CursorUnknown",
        () => unknownCursor(cursors, name)
      )
      yield* answer(input, { cursor: name, position: found.position, deadLetters }, [
        `the cursor ${name} is forgotten; it stood at position ${found.position}`,
        ...(deadLetters === 0 ? [] : [`with ${deadLetters} dead letters`])
      ])
    })
  )
).pipe(
  Command.withDescription("Remove a cursor that nobody needs any more, and its dead letters"),
  Command.withExamples([
    { command: "holdfast events forget old-report", description: "Forget how far old-report was" }
  ])
)
