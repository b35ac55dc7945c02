/** `holdfast events`: the log of events and those who follow it, one command a file. */
import * as Command from "effect/cli/Command"
import { adopt } from "./adopt.ts"
import { cursors } from "./cursors.ts"
import { deadLetters } from "./deadLetters.ts"
import { forget } from "./forget.ts"
import { list } from "./list.ts"
import { redrive } from "./redrive.ts"
import { reset } from "./reset.ts"
import { tail } from "./tail.ts"

/** The commands of the event log. */
export const events = Command.make("events").pipe(
  Command.withDescription("Read the event log, and look after those who follow it"),
  Command.withSubcommands([list, tail, cursors, reset, adopt, forget, deadLetters, redrive])
)
