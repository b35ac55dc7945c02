/** The `holdfast` command. */
import { readFileSync } from "node:fs"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { serve } from "./commands/serve.ts"

const holdfast = Command.make("holdfast").pipe(Command.withSubcommands([serve]))
const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"))
Effect.runFork(
  Command.runWith(holdfast, { version })(process.argv.slice(2)).pipe(
    Effect.provide(NodeServices.layer)
  )
)
