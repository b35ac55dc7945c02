import * as NodeServices from "@effect/platform-node/NodeServices"
import * as ConfigProvider from "effect/ConfigProvider"
import * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import type * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { describePlace, placeOf, serverDatabaseFlags } from "../../src/cli/databaseSettings.ts"
import {
  byteSize,
  durationMillis,
  found,
  oneOf,
  secret,
  setting,
  toggle,
  variableOf,
  wholeNumber
} from "../../src/cli/settings.ts"

const silent: CliOutput.Presenter = { present: () => Effect.void }

/** What flags come to with these arguments and variables; a usage error comes to its messages. */
const read = <A extends Command.Command.Config>(
  flags: A,
  args: ReadonlyArray<string>,
  variables: Record<string, string> = {}
): Promise<unknown> => {
  let input: unknown
  const command = Command.make("test", flags, (parsed) =>
    Effect.sync(() => {
      input = parsed
    })
  )
  return Effect.runPromise(
    Command.runWith(command, { version: "1" })(args).pipe(
      Effect.map(() => input),
      Effect.catch((error) =>
        CliError.isCliError(error) && error._tag === "ShowHelp"
          ? Effect.succeed(error.errors.map(({ message }) => message))
          : Effect.die(error)
      ),
      Effect.provide(
        Layer.mergeAll(
          NodeServices.layer,
          CliOutput.layerPresenter(silent),
          ConfigProvider.layer(ConfigProvider.fromEnv({ env: variables }))
        )
      )
    )
  )
}

const port = {
  port: setting("port", { metavar: "<port>", description: "", read: wholeNumber(0, 65_535) }, 3_000)
}

describe("a setting", () => {
  it("is its flag, else its variable, else its default", async () => {
    expect(await read(port, ["--port", "1"], { HOLDFAST_PORT: "2" })).toEqual({ port: 1 })
    expect(await read(port, [], { HOLDFAST_PORT: "2" })).toEqual({ port: 2 })
    expect(await read(port, [])).toEqual({ port: 3_000 })
  })

  it("counts an empty variable as none", async () => {
    expect(await read(port, [], { HOLDFAST_PORT: "" })).toEqual({ port: 3_000 })
  })

  it("says which flag or variable cannot be read, and what it must be", async () => {
    expect(await read(port, ["--port", "70000"])).toEqual([
      '--port must be a whole number from 0 to 65535, not "70000"'
    ])
    expect(await read(port, [], { HOLDFAST_PORT: "0x10" })).toEqual([
      'HOLDFAST_PORT must be a whole number from 0 to 65535, not "0x10"'
    ])
  })

  it("does not look at a variable that a flag overrules", async () => {
    expect(await read(port, ["--port", "1"], { HOLDFAST_PORT: "nonsense" })).toEqual({ port: 1 })
  })

  it("names its variable after its flag", () => {
    expect(variableOf("max-connections")).toBe("HOLDFAST_MAX_CONNECTIONS")
  })

  it("knows where it was found", async () => {
    const folder = { folder: found("folder", { ...any, read: (value) => ({ value }) }) }
    expect(await read(folder, ["--folder", "a"])).toEqual({
      folder: { value: "a", from: "flag", place: "--folder" }
    })
    expect(await read(folder, [], { HOLDFAST_FOLDER: "b" })).toEqual({
      folder: { value: "b", from: "variable", place: "HOLDFAST_FOLDER" }
    })
  })
})

const any = { metavar: "<x>", description: "" }

describe("a switch", () => {
  const demo: { readonly demo: Flag.Flag<boolean> } = { demo: toggle("demo", "", false) }
  const migrate = { migrate: toggle("migrate", "", true) }

  it("is on, off by --no-, or what its variable says", async () => {
    expect(await read(demo, ["--demo"])).toEqual({ demo: true })
    expect(await read(migrate, ["--no-migrate"])).toEqual({ migrate: false })
    expect(await read(migrate, [])).toEqual({ migrate: true })
    expect(await read(demo, [], { HOLDFAST_DEMO: "yes" })).toEqual({ demo: true })
    expect(await read(migrate, [], { HOLDFAST_MIGRATE: "0" })).toEqual({ migrate: false })
    expect(await read(migrate, ["--migrate"], { HOLDFAST_MIGRATE: "0" })).toEqual({
      migrate: true
    })
  })

  it("refuses a variable that is neither true nor false", async () => {
    expect(await read(demo, [], { HOLDFAST_DEMO: "perhaps" })).toEqual([
      'HOLDFAST_DEMO must be true or false, not "perhaps"'
    ])
  })
})

describe("readers", () => {
  it.each([
    ["500ms", 500],
    ["30s", 30_000],
    ["2m", 120_000]
  ])("read %s as %i milliseconds", (text, value) => {
    expect(durationMillis("100ms", "1h")(text)).toEqual({ value })
  })

  it.each(["30", "s", "1.5s", "-1s", "99ms", "2h", ""])("refuse %j as a length of time", (text) => {
    expect(durationMillis("100ms", "1h")(text)).toHaveProperty("mustBe")
  })

  it.each([
    ["1024", 1_024],
    ["64KiB", 65_536],
    ["1MiB", 1_048_576]
  ])("read %s as %i bytes", (text, value) => {
    expect(byteSize(text)).toEqual({ value })
  })

  it.each(["1023", "65MiB", "1MB", "1 MiB", ""])("refuse %j as a size", (text) => {
    expect(byteSize(text)).toHaveProperty("mustBe")
  })

  it("refuse a word that is not one of those known", () => {
    expect(oneOf("json", "pretty")("xml")).toEqual({ mustBe: "one of json, pretty" })
  })
})

describe("the place of the database", () => {
  const placed = async (args: ReadonlyArray<string>, variables?: Record<string, string>) => {
    const input = (await read(serverDatabaseFlags, args, variables)) as Parameters<
      typeof placeOf
    >[0]
    return Effect.runPromise(
      Effect.match(placeOf(input), {
        onSuccess: describePlace,
        onFailure: ({ exitCode, message }) => `${exitCode}: ${message}`
      })
    )
  }
  const url = "postgres://user:s3cret@db.example:5433/shop"

  it("is a folder by default", async () => {
    expect(await placed([])).toBe("embedded PostgreSQL in .holdfast")
  })

  it("is shown without user and password", async () => {
    expect(await placed([], { HOLDFAST_DATABASE: url })).toBe("PostgreSQL at db.example:5433/shop")
    expect(await placed(["--database", url])).not.toContain("s3cret")
    expect(await placed(["--database", "postgres://user:s3cret@a:1,b/shop"])).toBe(
      "PostgreSQL at a:1,b:5432/shop"
    )
  })

  it("is what was typed, whatever the variables say", async () => {
    expect(await placed(["--folder", "x"], { HOLDFAST_DATABASE: url })).toBe(
      "embedded PostgreSQL in x"
    )
    expect(await placed(["--memory"], { HOLDFAST_FOLDER: "x" })).toBe(
      "embedded PostgreSQL in memory"
    )
  })

  it("is refused when two are typed", async () => {
    expect(await placed(["--folder", "x", "--database", url])).toBe(
      "2: choose one of --database, --folder and --memory"
    )
  })

  it("never shows a secret, not even by accident", async () => {
    const input = await read({ database: secret("database", any) }, ["--database", url])
    expect(JSON.stringify(input)).not.toContain("s3cret")
    const { database } = input as { readonly database: { readonly value: Redacted.Redacted } }
    expect(Redacted.value(database.value)).toBe(url)
  })
})
