/** `holdfast reports`: what was wanted, what was missed, and whether stock agrees, one command a file. */
import * as Command from "effect/cli/Command"
import { accuracy } from "./accuracy.ts"
import { mostMissed } from "./mostMissed.ts"
import { mostViewed } from "./mostViewed.ts"

/** The reports. */
export const reports = Command.make("reports").pipe(
  Command.withDescription("Tell what was read most, what was missed, and whether stock agrees"),
  Command.withSubcommands([mostViewed, mostMissed, accuracy])
)
