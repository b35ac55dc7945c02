import { spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { layerPostgres, layerStorage } from "@holdfast/adapter-pg/effect"
import { Inventory } from "@holdfast/core/inventory"
import { freshDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { inParallel } from "../requests.ts"
import { holdfast } from "../ServerProcess.ts"
import { openSession } from "./openSession.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const bin = fileURLToPath(new URL("../../bin/holdfast.js", import.meta.url))
const nowhere = "postgres://someone:s3cret-word@127.0.0.1:1/shop"
const commands = [
  "serve",
  "relay",
  "migrate",
  "reconcile",
  "expire",
  "prune",
  "events",
  "info",
  "doctor"
] as const
const pages: ReadonlyArray<ReadonlyArray<string>> = [
  ...commands.filter((command) => command !== "events").map((command) => [command]),
  ...["list", "tail", "cursors", "reset", "dead-letters", "redrive"].map((command) => [
    "events",
    command
  ])
]

describe("holdfast", () => {
  it("explains each command and every flag, with the variable that says the same", async () => {
    const shown = await inParallel(pages, 2, (command) => holdfast([...command, "--help"]))
    for (const { code, stderr, stdout } of shown) {
      expect(code).toBe(0)
      expect(stderr).toBe("")
      const [own = ""] = stdout.split("GLOBAL FLAGS")
      const flags = own.match(/^ {2}--[a-z-]+.*$/gm) ?? []
      expect(flags.length).toBeGreaterThan(5)
      for (const line of flags) {
        const [, flag = ""] = /^ {2}--([a-z-]+)/.exec(line) ?? []
        expect(line).toContain(`[HOLDFAST_${flag.toUpperCase().replaceAll("-", "_")}]`)
      }
    }
  })

  it("lists its commands, and tells its version", async () => {
    const [help, version] = await inParallel([[], ["--version"]], 2, (args) => holdfast(args))
    expect(help?.code).toBe(0)
    for (const command of commands) expect(help?.stdout).toContain(`\n  ${command} `)
    expect(version).toMatchObject({ code: 0, stderr: "" })
    expect(version?.stdout).toMatch(/^holdfast v\d+\.\d+\.\d+\n$/)
  })

  it.each<readonly [ReadonlyArray<string>, Record<string, string>, RegExp]>([
    [["serve", "--prot", "1"], {}, /--prot.*--port/],
    [["serve"], { HOLDFAST_PORT: "no" }, /HOLDFAST_PORT must be a whole number/],
    [["serve"], { HOLDFAST_DATABASE: "" }, /HOLDFAST_DATABASE is empty; give it a PostgreSQL URL/],
    [["doctor", "--database", ""], {}, /--database is empty/],
    [["serve", "--memory", "--folder", "x"], {}, /choose one of/],
    [["serve", "--leave-time", "-1s"], {}, /--leave-time must be a length of time.*not "-1s"/],
    [
      ["migrate", "--schema", "shop", "--catalog-schema", "shop"],
      {},
      /--schema and --catalog-schema are both shop; give each context a schema of its own/
    ],
    [["doctor", "--memory"], {}, /--memory/],
    [["serve", "--service", "stock"], {}, /--service must be one of all, product, inventory/],
    [
      ["serve", "--inventory-url", "http://inventory:3000"],
      {},
      /--inventory-url is for --service product: else the inventory is here/
    ],
    [
      ["doctor", "--service", "product", "--catalog-url", "http://shop:3000"],
      {},
      /--catalog-url is for --service inventory: else the catalog is here/
    ],
    [
      ["serve", "--service", "product", "--inventory-url", "inventory:3000"],
      {},
      /--inventory-url must be an address without user and query, such as http:/
    ],
    [
      ["serve", "--service", "product", "--kafka", "k:9092", "--orders-topic", "orders"],
      {},
      /--orders-topic is about the inventory, which is not here/
    ],
    [
      ["events", "list", "--types", "sold"],
      {},
      /--types must be event types, .*stock\.low.*, not "sold"/
    ],
    [["events", "list", "--limit", "0"], {}, /--limit must be a whole number from 1 to 1000/],
    [["events", "reset", "kafka"], {}, /--to is missing; give --to <position\|first\|last>/],
    [["events", "reset", "kafka", "--to", "x"], {}, /--to must be a position of the log, first or/],
    [["events", "tail", "--from", "now"], {}, /--from must be one of first, last/],
    [["doctor", "--database", "localhost/shop"], {}, /must look like postgres:\/\/user:/],
    [
      ["relay", "--kafka", "kafka:99999"],
      {},
      /--kafka must be host:port with a port from 1 to 65535/
    ],
    [
      ["doctor", "--folder", "x", "--database", nowhere],
      {},
      /: choose one of --database and --folder$/m
    ],
    [["serve", "--kafka-topics", "context"], {}, /--kafka-topics \(or .*\) needs --kafka \(or /],
    [
      ["serve", "--kafka", "k:9092", "--kafka-partitions", "3"],
      {},
      /--kafka-partitions \(or .*\) needs --kafka-create-topics/
    ],
    [
      ["serve", "--kafka", "k:9092", "--kafka-mechanism", "PLAIN"],
      {},
      /--kafka-mechanism needs --kafka-user and --kafka-password/
    ],
    [
      ["serve", "--kafka", "k:9092", "--kafka-user", "u"],
      {},
      /--kafka-password \(or HOLDFAST_KAFKA_PASSWORD\) is missing/
    ],
    [
      ["serve"],
      { HOLDFAST_KAFKA: "app:secret@host:9092" },
      /HOLDFAST_KAFKA must be host:port.*, not "…@host:9092"/
    ],
    [["sell"], {}, /sell/]
  ])(
    "does not understand %j with %j, says so in one line, and exits with 2",
    async (args, env, output) => {
      const { code, stderr, stdout } = await holdfast(args, { env })
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
      expect(stderr).toMatch(/^holdfast: [^\n]+\n$/)
      expect(stderr).toMatch(output)
    }
  )

  it("says in one sentence that a database cannot be reached, never with the password", async () => {
    const env = { HOLDFAST_DATABASE: nowhere }
    const ends = await inParallel(["migrate", "reconcile", "expire", "doctor"], 2, (command) =>
      holdfast([command], { env })
    )
    for (const { code, stderr, stdout } of ends) {
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" })
      expect(stderr).toMatch(
        /^holdfast: PostgreSQL at 127\.0\.0\.1:1\/shop: the database cannot be reached; [^\n]+\n$/
      )
      expect(stderr).not.toContain("s3cret-word")
    }
  })

  it("answers a failure as JSON when JSON was asked for", async () => {
    const [unreachable, misread] = await inParallel(
      [
        ["doctor", "--json", "--database", nowhere],
        ["doctor", "--json", "--lanes", "4"]
      ],
      2,
      (args) => holdfast(args)
    )
    expect(unreachable).toMatchObject({ code: 1, stderr: "" })
    expect(JSON.parse(unreachable?.stdout ?? "")).toMatchObject({ error: { code: "Unavailable" } })
    expect(misread).toMatchObject({ code: 2, stderr: "" })
    expect(JSON.parse(misread?.stdout ?? "")).toMatchObject({ error: { code: "Usage" } })
  })

  it("makes no database in a folder that has none, except where it was asked to", async () => {
    const folder = join(await mkdtemp(join(tmpdir(), "holdfast-cli-")), "none")
    const doctor = await holdfast(["doctor", "--folder", folder])
    expect(doctor.code).toBe(1)
    expect(doctor.stderr).toContain("there is no embedded database in")
    const migrate = await holdfast(["migrate", "--json", "--folder", folder])
    expect(migrate.code).toBe(0)
    expect(JSON.parse(migrate.stdout).schemas).toMatchObject([
      {
        ...{ context: "inventory", schema: "inventory", indexes: [] },
        partitions: expect.any(Array)
      },
      {
        context: "catalog",
        schema: "catalog",
        migrations: [
          { id: 1, name: "catalog" },
          { id: 2, name: "imports" },
          { id: 3, name: "attributes" },
          { id: 4, name: "lists" },
          { id: 5, name: "several_units" },
          { id: 6, name: "sorted_places" },
          { id: 7, name: "audit" },
          { id: 8, name: "pruned_audit" },
          { id: 9, name: "product_views" },
          { id: 10, name: "servers" },
          { id: 11, name: "fixed_marks" }
        ]
      },
      {
        ...{ context: "access", schema: "access", partitions: [], indexes: [] },
        migrations: [
          { id: 1, name: "api_keys" },
          { id: 2, name: "audit" },
          { id: 3, name: "fixed_marks" }
        ]
      }
    ])
    const again = await holdfast(["doctor", "--json", "--folder", folder])
    expect(again.code).toBe(0)
    await rm(join(folder, ".."), { recursive: true, force: true })
  })
})

/** Two holds that lapsed an hour ago, and nobody wrote that down. */
const reserveInThePast = (url: string): Promise<void> => {
  const now = Effect.map(DateTime.now, DateTime.subtract({ hours: 1 }))
  const engine = Inventory.layer().pipe(
    Layer.provide(layerStorage({ now })),
    Layer.provide(layerPostgres({ url }))
  )
  const reserving = Effect.gen(function* () {
    const inventory = yield* Inventory
    yield* inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 10 })
    for (const orderId of ["order-1", "order-2"]) {
      yield* inventory.reserve({ orderId, lines: [{ skuId: "mug", quantity: 2 }], ttl: 60 })
    }
  })
  return Effect.runPromise(Effect.orDie(Effect.provide(reserving, engine)))
}

describePostgres(18, "holdfast on PostgreSQL", () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>
  beforeAll(async () => {
    database = await freshDatabase()
  })
  afterAll(() => database.drop())

  const run = (...args: ReadonlyArray<string>) =>
    holdfast(args, { env: { HOLDFAST_DATABASE: database.url } })

  it("hears from the doctor that it must migrate, migrates once, and then that all is well", async () => {
    const sick = await run("doctor")
    expect(sick.code).toBe(1)
    expect(sick.stdout).toMatch(/^fail {2}tables .*\n +→ run holdfast migrate$/m)
    const [first, second] = [await run("migrate"), await run("migrate")]
    expect(first).toMatchObject({ code: 0, stderr: "" })
    expect(first.stdout).toMatch(/^applied migration 1 inventory$/m)
    expect(first.stdout).toMatch(/^made partition stock_movements_\d{4}_\d{2}$/m)
    expect(second.stdout).toMatch(
      /^schema inventory of PostgreSQL at .* was up to date already\nschema catalog of .* was up to date already\nschema access of .* was up to date already\n$/
    )
    const well = await run("doctor", "--json")
    expect(well.code).toBe(0)
    const { checks } = JSON.parse(well.stdout) as {
      readonly checks: ReadonlyArray<{ readonly name: string; readonly status: string }>
    }
    // The test server does not wait for its disk and has no backups, and the doctor noticed.
    expect(checks.filter(({ status }) => status !== "ok").map(({ name }) => name)).toEqual([
      "durability",
      "backups"
    ])
  })

  it("expires what has lapsed, once", async () => {
    await reserveInThePast(database.url)
    expect((await run("doctor")).stdout).toMatch(/^warn {2}sweeper +2 holds lapsed/m)
    expect(await run("expire")).toMatchObject({ code: 0, stdout: "expired 2 holds\n", stderr: "" })
    expect(await run("expire", "--json")).toMatchObject({ code: 0, stdout: '{"expired":0}\n' })
  })

  it("reconciles, and exits with 1 and a proposal when a row disagrees", async () => {
    const agreed = await run("reconcile")
    expect(agreed).toMatchObject({ code: 0, stderr: "" })
    expect(agreed.stdout).toBe(
      "1 of 1 levels agree with the ledger and the open holds (100.00 %)\n"
    )
    await using admin = await openSession(database.url)
    await admin.run("update inventory.inventory set reserved_quantity = 3, total_quantity = 12")
    const words = await run("reconcile")
    expect(words.code).toBe(1)
    expect(words.stdout).toContain(
      "  mug at default: total 12, the ledger says 10; reserved 3, open holds say 0"
    )
    const json = await run("reconcile", "--json")
    expect(json.code).toBe(1)
    expect(JSON.parse(json.stdout)).toMatchObject({
      levels: 1,
      agreeing: 0,
      totalDrift: 2,
      reservedDrift: 3,
      drifted: [{ skuId: "mug", repair: { totalQuantity: 10, reservedQuantity: 0 } }]
    })
    await admin.run("update inventory.inventory set reserved_quantity = 0, total_quantity = 10")
  })

  it("does not serve from a database that is not there: waiting would not help", async () => {
    const url = new URL(database.url)
    url.pathname = "/no_such_database"
    const { code, stderr, stdout } = await holdfast(["serve", "--port", "0"], {
      env: { HOLDFAST_DATABASE: url.href, HOLDFAST_LOG_FORMAT: "pretty" }
    })
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" })
    expect(stderr).toMatch(/^holdfast: PostgreSQL at .*no_such_database.*\n$/)
  })
})

it("runs from the built package", async () => {
  const child = spawn(process.execPath, [bin, "--version"], {
    stdio: ["ignore", "pipe", "inherit"]
  })
  let output = ""
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text
  })
  const code = await new Promise((resolve) => {
    child.once("close", resolve)
  })
  expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/^holdfast v\d/) })
})

it("says which Node it needs, and which one it found", async () => {
  const older = 'Object.defineProperty(process, "versions", { value: { node: "18.20.4" } })'
  const child = spawn(process.execPath, ["--import", `data:text/javascript,${older}`, bin], {
    stdio: ["ignore", "ignore", "pipe"]
  })
  let output = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output += text
  })
  const code = await new Promise((resolve) => {
    child.once("close", resolve)
  })
  expect(code).toBe(1)
  expect(output).toMatch(/^holdfast needs Node 22\.22 or newer; this is Node 18\.20\.4\./)
})
