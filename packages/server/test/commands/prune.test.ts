/** Old events and old months, dropped by the command and by a server that was asked to. */
import { layerMigrations, layerPostgres, layerStorage } from "@holdfast/adapter-pg/effect"
import { Inventory } from "@holdfast/core/inventory"
import { freshDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { expect, it, vi } from "vitest"
import { get } from "../requests.ts"
import { holdfast, startServer } from "../ServerProcess.ts"
import { openSession } from "./openSession.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const olderMonth = `create table inventory.stock_movements_2020_01
  (like inventory.stock_movements including defaults including constraints)`
const attached = `alter table inventory.stock_movements
  attach partition inventory.stock_movements_2020_01 for values from ('2020-01-01') to ('2020-02-01')`

/** A database with a month of 2020, in which the first partition of the log was filled. */
const shopOf2020 = async () => {
  const { url } = await freshDatabase()
  await using session = await openSession(url)
  const sessions = layerPostgres({ url })
  const now = Effect.succeed(DateTime.makeUnsafe("2020-01-15T12:00:00Z"))
  const engine = Inventory.layer().pipe(
    Layer.provide(layerStorage({ now })),
    Layer.provide(layerMigrations()),
    Layer.provide(sessions)
  )
  const filling = Effect.gen(function* () {
    const inventory = yield* Inventory
    yield* Effect.promise(() => session.run(olderMonth))
    yield* Effect.promise(() => session.run(attached))
    yield* inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 7 })
    yield* Effect.promise(() =>
      session.run("alter sequence inventory.event_positions restart 10000000")
    )
    yield* inventory.receive({ skuId: "mug", quantity: 3 })
  })
  await Effect.runPromise(Effect.scoped(Effect.provide(filling, engine)))
  return { env: { HOLDFAST_DATABASE: url }, url }
}

const ages = ["--events-older-than", "90d", "--movements-older-than", "24months"]

describePostgres(18, "holdfast prune", () => {
  it("says what would go, then drops it, and the ledger still sums up", async () => {
    const { env } = await shopOf2020()
    const plan = await holdfast(["prune", ...ages, "--dry-run"], { env })
    expect(plan).toMatchObject({ code: 0, stderr: "" })
    expect(plan.stdout).toMatch(
      /^would drop events_000000: events up to position 3\nwould drop stock_movements_2020_01: the ledger begins at \S+Z\n$/
    )
    const done = await holdfast(["prune", ...ages, "--json"], { env })
    expect(done).toMatchObject({ code: 0, stderr: "" })
    expect(JSON.parse(done.stdout)).toEqual({
      isDryRun: false,
      contexts: [
        {
          context: "inventory",
          events: { dropped: ["events_000000"], horizon: 3, lost: [], kept: null },
          months: [
            {
              table: "stock_movements",
              dropped: ["stock_movements_2020_01"],
              from: expect.stringMatching(/-01T00:00:00\.000Z$/),
              carried: 1,
              kept: null
            }
          ],
          imports: null
        }
      ]
    })
    const again = await holdfast(["prune", ...ages], { env })
    expect(again.stdout).toBe(
      "no events: none that are old enough fill a partition\n" +
        "no months of the ledger: none are old enough\n"
    )
    const imports = await holdfast(["prune", "--imports-older-than", "90d"], { env })
    expect(imports).toMatchObject({
      code: 0,
      stdout: "dropped 0 old imports with their problems\n"
    })
    expect(await holdfast(["reconcile"], { env })).toMatchObject({ code: 0 })
    const gone = await holdfast(["events", "list", "--after", "0"], { env })
    expect(gone).toMatchObject({
      code: 1,
      stderr:
        "holdfast: events up to position 3 were dropped, and position 0 is before that; " +
        "read the current state, then follow the log from its head\n"
    })
    const kept = await holdfast(["events", "list", "--json"], { env })
    expect(JSON.parse(kept.stdout)).toMatchObject({ items: [{ position: 10_000_000 }] })
  })

  it.each([
    [[], /say what is old: --events-older-than 90d/],
    [["--events-older-than", "90"], /--events-older-than must be from 1d to 36500d, not "90"/],
    [["--movements-older-than", "0months"], /must be from 1months to 1200months/],
    [["--imports-older-than", "1d"], /--imports-older-than must be from 2d to 36500d/],
    [["--unread-older-than", "30d"], /give it at least the days of --events-older-than/],
    [
      ["--events-older-than", "90d", "--unread-older-than", "30d"],
      /give it at least the days of --events-older-than/
    ]
  ])("does not understand %j, and says so", async (args, reason) => {
    const { env } = await shopOf2020()
    const { code, stderr, stdout } = await holdfast(["prune", ...args], { env })
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
    expect(stderr).toMatch(reason)
  })
})

describePostgres(18, "a server that drops what is old", () => {
  it("does it by itself, and answers 410 for what is gone", async () => {
    const { env, url } = await shopOf2020()
    await using session = await openSession(url)
    await using server = await startServer(["--prune-events-older-than", "90d"], { env })
    await session.until(
      "select horizon::int4 from inventory.event_log",
      (row) => row["horizon"] === 3
    )
    const gone = await get(server.url, "/api/inventory/events?after=0")
    expect([gone.status, gone.body]).toEqual([
      410,
      {
        type: "urn:holdfast:problem:position-gone",
        title: "The next events were dropped",
        status: 410,
        detail:
          "events up to position 3 were dropped, and position 0 is before that; read the current " +
          "state, then follow the log from its head",
        after: 0,
        horizon: 3,
        instance: expect.stringMatching(/^urn:uuid:/)
      }
    ])
    const kept = await get(server.url, "/api/inventory/events")
    expect(kept.body).toMatchObject({ items: [{ position: 10_000_000 }], next: 10_000_000 })
    await server.stop()
  })
})
