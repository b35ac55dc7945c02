/**
 * `holdfast token`: a development token, for a server of the same folder that takes them. It works on
 * this machine alone.
 */
import { Role } from "@holdfast/core/access"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { developmentKeyIn, developmentToken } from "../../access/tokens/developmentTokens.ts"
import { answer, answering } from "../../cli/answering.ts"
import { failure, usageFailure } from "../../cli/CommandFailure.ts"
import { folderDefault } from "../../cli/databaseSettings.ts"
import { logFlags } from "../../cli/logging.ts"
import { anyText, setting, toggle } from "../../cli/settings.ts"

const isRole = Schema.is(Role)

const flags = {
  role: Argument.withDescription(Argument.String("role"), `One of ${Role.literals.join(", ")}`),
  folder: setting(
    "folder",
    {
      metavar: "<folder>",
      description: `Folder of the server, where the key of development lies (default: ${folderDefault})`,
      read: anyText
    },
    folderDefault
  ),
  json: toggle("json", "Answer with one JSON document on standard output", false),
  ...logFlags
}

/** Prints a token and nothing else, for a shell to take. */
export const token = Command.make("token", flags, (input) =>
  answering(
    input,
    Effect.gen(function* () {
      const role = input.role.toUpperCase()
      if (!isRole(role)) {
        return yield* usageFailure(
          `the role must be one of ${Role.literals.join(", ")}, not ${JSON.stringify(input.role)}`
        )
      }
      const key = yield* Effect.mapError(developmentKeyIn(input.folder), (problem) =>
        failure(
          "NoDevelopmentKey",
          `no token can be made without the key of development: ${problem}`
        )
      )
      const minted = Redacted.value(yield* developmentToken(key, role))
      yield* answer(input, { role, token: minted }, [minted])
    })
  )
).pipe(
  Command.withDescription("Print a development token, for a server on this machine"),
  Command.withExamples([
    {
      command:
        'curl http://127.0.0.1:3000/api/products -H "authorization: Bearer $(holdfast token USER)"',
      description: "Ask as a user"
    }
  ])
)
