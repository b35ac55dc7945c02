/**
 * The `holdfast` command: reads what was typed and hands over to one of the commands. The exit code
 * is 0 when it did what it was asked, 2 when it could not understand, 1 when it could not do it.
 */
import { readFileSync } from "node:fs"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Cause from "effect/Cause"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { Answered, sayFailure } from "./cli/answering.ts"
import { CommandFailure } from "./cli/CommandFailure.ts"
import { inOneSentence, valuesJoined } from "./cli/flagWords.ts"
import { setVersion } from "./cli/log/service.ts"
import { keys } from "./commands/access/keys.ts"
import { token } from "./commands/access/token.ts"
import { audit } from "./commands/audit/audit.ts"
import { backup } from "./commands/backup/backup.ts"
import { restore } from "./commands/backup/restore.ts"
import { consume } from "./commands/consume.ts"
import { doctor } from "./commands/doctor.ts"
import { events } from "./commands/events/events.ts"
import { exportCommand } from "./commands/exchange/export.ts"
import { importCommand } from "./commands/exchange/import.ts"
import { expire } from "./commands/expire.ts"
import { health } from "./commands/health.ts"
import { info } from "./commands/info.ts"
import { migrate } from "./commands/migrate.ts"
import { prune } from "./commands/prune.ts"
import { reconcile } from "./commands/reconcile.ts"
import { relay } from "./commands/relay.ts"
import { reports } from "./commands/reports/reports.ts"
import { erase } from "./commands/secrets/erase.ts"
import { keyring } from "./commands/secrets/keyring.ts"
import { serve } from "./commands/serve.ts"

const { version } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8")
) as { readonly version: string }

setVersion(version)

const holdfast = Command.make("holdfast").pipe(
  Command.withDescription("Keep stock, reserve it, and never sell what is not there"),
  Command.withSubcommands([
    serve(version),
    health,
    relay,
    consume,
    migrate,
    importCommand,
    exportCommand,
    backup(version),
    restore,
    prune,
    reconcile,
    reports,
    expire,
    events,
    keys,
    token,
    audit,
    keyring,
    erase,
    info(version),
    doctor(version)
  ])
)

const args = valuesJoined(process.argv.slice(2))

/** Answers a command that cannot be understood with a sentence, not with a page of help. */
const presenter: CliOutput.Presenter = {
  present: (event) => {
    if (event._tag !== "InvalidInvocation") return CliOutput.defaultPresenter.present(event)
    const message = [
      ...event.errors.map(({ message }) => inOneSentence(message)),
      `see ${event.commandPath.join(" ")} --help`
    ].join("; ")
    const failure = new CommandFailure({ code: "Usage", message, exitCode: 2 })
    return Effect.sync(() => sayFailure({ json: args.includes("--json") }, failure))
  }
}

const exitCodeOf = (exit: Exit.Exit<void, unknown>): number => {
  if (Exit.isSuccess(exit)) return 0
  const error = Cause.squash(exit.cause)
  if (error instanceof Answered) return error.exitCode
  if (CliError.isCliError(error)) {
    return error._tag === "ShowHelp" && error.errors.length === 0 ? 0 : 2
  }
  process.stderr.write(`holdfast: this is a bug: ${Cause.pretty(exit.cause)}\n`)
  return 1
}

const command = Command.runWith(holdfast, { version })(args).pipe(
  Effect.provide(
    Layer.mergeAll(
      NodeServices.layer,
      CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] }),
      CliOutput.layerPresenter(presenter)
    )
  )
)

// The reader of the answer may close the pipe early, as in `holdfast doctor | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 1)
})

// A wait for a database does not keep the process alive by itself.
const alive = setInterval(() => undefined, 2 ** 30)

Effect.runFork(command).addObserver((exit) => {
  clearInterval(alive)
  process.exit(exitCodeOf(exit))
})
