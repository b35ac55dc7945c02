import { layerPostgres, layerStorage, migrate } from "@holdfast/adapter-pg/effect"
import { cursorOfWebhook, makeWebhookManagement } from "@holdfast/core/events"
import { Inventory, InventoryLog } from "@holdfast/core/inventory"
import { freshDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { afterAll, beforeAll, expect, it, vi } from "vitest"
import { beginCommand, holdfast } from "../ServerProcess.ts"
import { openSession } from "./openSession.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

interface EventLine {
  readonly position: number
  readonly eventType: string
  readonly payload: { readonly skuId?: string; readonly quantity?: number }
}

describePostgres(18, "holdfast events", () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>

  const engine = () =>
    Inventory.layer().pipe(
      Layer.provideMerge(layerStorage()),
      Layer.provideMerge(layerPostgres({ url: database.url }))
    )
  const onEngine = <A, E>(effect: Effect.Effect<A, E, Inventory | InventoryLog>) =>
    Effect.runPromise(Effect.orDie(Effect.provide(effect, engine())))
  const receive = (quantity: number) =>
    onEngine(
      Effect.flatMap(Inventory, (inventory) => inventory.receive({ skuId: "mug", quantity }))
    )

  const run = (...args: ReadonlyArray<string>) =>
    holdfast(["events", ...args], { env: { HOLDFAST_DATABASE: database.url } })
  const json = async (...args: ReadonlyArray<string>) => {
    const { code, stdout } = await run(...args, "--json")
    return { code, value: JSON.parse(stdout) }
  }

  /** Four events: a location, a SKU, its stock, and the reservation of an order. */
  beforeAll(async () => {
    database = await freshDatabase()
    await Effect.runPromise(
      Effect.orDie(Effect.provide(migrate("inventory"), layerPostgres({ url: database.url })))
    )
    await onEngine(
      Effect.gen(function* () {
        const inventory = yield* Inventory
        yield* inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 10 })
        const lines = [{ skuId: "mug", quantity: 2 }]
        yield* inventory.reserve({ orderId: "order-1", lines, ttl: 900 })
      })
    )
  })
  afterAll(() => database.drop())

  it("lists events after a position, at most so many, and says where to go on", async () => {
    const { code, value } = await json("list", "--after", "1", "--limit", "1")
    expect(code).toBe(0)
    expect(value).toMatchObject({ items: [{ position: 2, aggregateId: "mug" }], next: 2 })
    const words = await run("list", "--limit", "2")
    expect(words).toMatchObject({ code: 0, stderr: "" })
    expect(words.stdout).toMatch(/^ +1 {2}\S+Z {2}inventory\.sku\.created +mug v1 {2}\{.*\}\n/)
    expect(words.stdout).toMatch(/\nthere may be more: --after 2\n$/)
    const [last] = (await json("list", "--limit", "1000")).value.items.slice(-1)
    expect((await run("list", "--after", String(last.position))).stdout).toBe(
      `no events after position ${last.position}\n`
    )
  })

  it("lists the events of types, of SKUs and of an order", async () => {
    const typesOf = async (...args: ReadonlyArray<string>) =>
      (await json("list", ...args)).value.items.map((event: EventLine) => event.eventType)
    const reserved = "inventory.stock.reserved"
    expect(await typesOf("--types", `${reserved},inventory.sku.created`)).toEqual([
      "inventory.sku.created",
      reserved
    ])
    expect(await typesOf("--order", "order-1")).toEqual([reserved])
    expect(await typesOf("--aggregates", "cup, mug", "--types", reserved)).toEqual([reserved])
    expect(await typesOf("--aggregates", "cup")).toEqual([])
  })

  it("prints the log and what is committed later, a line an event, and a signal ends it", async () => {
    const env = { HOLDFAST_DATABASE: database.url }
    await using whole = beginCommand(["events", "tail", "--from", "first", "--json"], { env })
    await using after = beginCommand(["events", "tail", "--after", "3"], { env })
    const typed = ["events", "tail", "--from", "first", "--types", "inventory.stock.reserved"]
    await using reserved = beginCommand(typed, { env })
    await whole.prints(4)
    await after.prints(1)
    await receive(5)
    const lines = (await whole.prints(5)).map((line) => JSON.parse(line) as EventLine)
    const positions = lines.map(({ position }) => position)
    expect(positions).toEqual([...positions].sort((a, b) => a - b))
    expect(new Set(positions).size).toBe(5)
    expect(lines[4]).toMatchObject({
      eventType: "inventory.stock.updated",
      aggregateId: "mug",
      payload: { skuId: "mug", quantity: 5 }
    })
    expect((await after.prints(2))[1]).toMatch(/inventory\.stock\.updated +mug v\d+ {2}\{/)
    expect((await reserved.prints(1))[0]).toMatch(/inventory\.stock\.reserved +mug v\d+ {2}\{/)
    reserved.signal("SIGTERM")
    const { stdout } = await reserved.ended
    expect(stdout.trimEnd().split("\n")).toHaveLength(1)
    whole.signal("SIGINT")
    after.signal("SIGTERM")
    expect(await whole.ended).toMatchObject({ code: 0, stderr: "" })
    expect(await after.ended).toMatchObject({ code: 0, stderr: "" })
  })

  it("does not follow from a position that the log has not reached", async () => {
    const { code, stderr } = await run("tail", "--after", "1000")
    expect(code).toBe(1)
    expect(stderr).toMatch(/^holdfast: there is no position 1000 yet: the log ends at \d+\. If /)
    const both = await run("tail", "--after", "1", "--from", "first")
    expect(both.code).toBe(2)
    expect(both.stderr).toBe("holdfast: choose one of --after and --from\n")
  })

  it("resets the cursor of a webhook as a replay, so that it gets what it had", async () => {
    const sender = { objectionTo: () => undefined, send: () => Effect.die("nothing is sent") }
    const webhooks = Effect.map(InventoryLog, (log) => makeWebhookManagement(log, sender))
    const url = "https://shop.example"
    const made = await onEngine(Effect.flatMap(webhooks, ({ create }) => create({ url })))
    const { value } = await json("reset", cursorOfWebhook(made.webhookId), "--to", "first")
    expect(value.position).toBe(0)
    const after = await onEngine(Effect.flatMap(webhooks, (all) => all.get(made.webhookId)))
    expect(after.replays).toBe(made.replays + 1)
    await onEngine(Effect.flatMap(webhooks, (all) => all.remove(made.webhookId)))
  })

  it("shows cursors and dead letters, and resets a cursor", async () => {
    expect((await run("cursors")).stdout).toMatch(/^nobody follows the log yet\nthe log ends at/)
    await onEngine(
      Effect.gen(function* () {
        const { cursors, read } = yield* InventoryLog
        const options = { kind: "PUBLISHER", owner: "a test", from: "FIRST" } as const
        const lease = yield* cursors.take("kafka", { ...options, leaseMillis: 60_000 })
        const [first, second] = yield* read(0, 2)
        if (lease === null || first === undefined || second === undefined) {
          return yield* Effect.die("the cursor is free, and the log has two events")
        }
        const deadLetters = [first, second].map(({ eventId, position }) => ({
          position,
          eventId,
          cause: `too large: ${position}`
        }))
        const { eventId, position } = second
        yield* cursors.advance(lease, { position, eventId, deadLetters })
      })
    )
    const { value } = await json("cursors")
    expect(value.cursors).toEqual([
      {
        name: "kafka",
        kind: "PUBLISHER",
        position: 2,
        lag: value.head - 2,
        owner: "a test",
        standing: "FOLLOWS",
        movedAt: expect.stringMatching(/Z$/)
      }
    ])
    expect((await run("cursors")).stdout).toMatch(
      /^NAME .*\nkafka +publisher +2 +\d+ +a test +follows +\S+Z\n/
    )
    const doctor = await holdfast(["doctor", "--json"], {
      env: { HOLDFAST_DATABASE: database.url }
    })
    expect(JSON.parse(doctor.stdout).checks).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: "event cursors", status: "ok", found: "all keep up" }),
        expect.objectContaining({ name: "dead letters", status: "warn", found: "2 of kafka" })
      ])
    )
    const letters = await json("dead-letters", "--limit", "1")
    expect(letters.value).toMatchObject({
      items: [{ cursor: "kafka", position: 1, cause: "too large: 1" }],
      hasMore: true
    })
    expect((await run("dead-letters", "kafka")).stdout).toMatch(
      /^kafka 1: position 1, event \S+, left out \S+Z: too large: 1\nkafka 2: .*\n$/
    )
    expect((await run("reset", "kafka", "--to", "1")).stdout).toBe(
      "the cursor kafka stands at position 1\n" +
        "events after it are sent again: receivers must drop those that they have seen\n"
    )
    expect(await json("reset", "kafka", "--to", "first")).toEqual({
      code: 0,
      value: { cursor: "kafka", position: 0 }
    })
    expect((await json("cursors")).value.cursors[0]).toMatchObject({ position: 0, owner: null })
    expect((await json("reset", "kafka", "--to", "last")).value.position).toBe(value.head)
  })

  it("tells of a cursor that followed another log, and lets it go on when it is adopted", async () => {
    const env = { HOLDFAST_DATABASE: database.url }
    await onEngine(
      Effect.gen(function* () {
        const { cursors } = yield* InventoryLog
        const options = { kind: "PUBLISHER", owner: "a test", from: "FIRST" } as const
        const lease = yield* cursors.take("restored", { ...options, leaseMillis: 60_000 })
        if (lease === null) return yield* Effect.die("the cursor is free")
        yield* cursors.suspend(lease, 4_711)
      })
    )
    const doctor = await holdfast(["doctor", "--json"], { env })
    expect(doctor.code).toBe(1)
    expect(JSON.parse(doctor.stdout).checks).toContainEqual(
      expect.objectContaining({
        name: "event cursors",
        status: "fail",
        found: expect.stringContaining("restored had reached position 4711, where the log, which"),
        next: expect.stringContaining("holdfast events adopt")
      })
    )
    expect((await run("cursors")).stdout).toMatch(/\nrestored +publisher +0 .* restored +\S+Z\n/)
    expect(await run("adopt", "restored")).toMatchObject({
      code: 0,
      stdout: "the cursor restored goes on after position 0; the log is in incarnation 2\n"
    })
    expect((await holdfast(["doctor", "--service", "inventory"], { env })).code).toBe(0)
    expect((await json("adopt", "nobody")).value.error.code).toBe("CursorUnknown")
  })

  it("forgets a cursor that nobody moves any more, and asks while somebody does", async () => {
    const webhookId = "00000000-0000-4000-8000-000000000001"
    await onEngine(
      Effect.gen(function* () {
        const { cursors } = yield* InventoryLog
        const options = { kind: "SUBSCRIPTION", owner: "till-1", from: "FIRST" } as const
        yield* cursors.take("report", { ...options, leaseMillis: 60_000 })
        const lease = yield* cursors.take("old-report", { ...options, leaseMillis: 60_000 })
        if (lease === null) return yield* Effect.die("the cursor is free")
        const [event] = yield* (yield* InventoryLog).read(0, 1)
        if (event === undefined) return yield* Effect.die("there is an event")
        const letter = { position: 1, eventId: event.eventId, cause: "too large" }
        yield* cursors.advance(lease, {
          position: 1,
          eventId: event.eventId,
          deadLetters: [letter]
        })
        yield* cursors.release(lease)
        for (const name of ["webhook-a", `webhook-${webhookId}`]) {
          const own = yield* cursors.take(name, {
            ...options,
            kind: "WEBHOOK",
            leaseMillis: 60_000
          })
          if (own !== null) yield* cursors.release(own)
        }
      })
    )
    const inUse = await run("forget", "report")
    expect(inUse.code).toBe(1)
    expect(inUse.stderr).toContain("till-1 moves the cursor report")
    expect(inUse.stderr).toContain("--yes")
    const justNow = await json("forget", "old-report")
    expect(justNow).toMatchObject({ code: 1, value: { error: { code: "CursorInUse" } } })
    expect(justNow.value.error.message).toMatch(/the cursor old-report was moved \d+ s ago/)
    await using session = await openSession(database.url)
    await session.run(
      "update inventory.event_cursors set updated_at = now() - interval '1 hour' where name = 'old-report'"
    )
    expect(await run("forget", "old-report")).toMatchObject({
      code: 0,
      stdout: "the cursor old-report is forgotten; it stood at position 1\nwith 1 dead letters\n"
    })
    expect(await json("forget", "report", "--yes")).toEqual({
      code: 0,
      value: { cursor: "report", position: 0, deadLetters: 0 }
    })
    expect((await json("forget", "report", "--yes")).value.error.code).toBe("CursorUnknown")
    await session.run(
      "insert into inventory.webhooks (webhook_id, url, status, secret, replays, version, made_of, " +
        `created_at, updated_at) values ('${webhookId}', 'https://shop.example', 'ACTIVE', '-', 1, 1, '-', ` +
        "now(), now())"
    )
    const ofWebhook = await json("forget", `webhook-${webhookId}`, "--yes")
    expect(ofWebhook.value.error.code).toBe("CursorOfWebhook")
    // One whose webhook was never made, or was removed, is nobody's.
    expect(await json("forget", "webhook-a", "--yes")).toMatchObject({ code: 0 })
    await session.run("delete from inventory.webhooks")
    expect(await json("forget", `webhook-${webhookId}`, "--yes")).toMatchObject({ code: 0 })
    expect((await json("cursors")).value.cursors.map(({ name }: { name: string }) => name)).toEqual(
      ["kafka", "restored"]
    )
  })

  it("says that the log ends before the position, or has another event there than the reader had", async () => {
    const { items } = (await json("list", "--limit", "2")).value
    const [first, second] = items
    for (const command of ["list", "tail"]) {
      const beyond = await json(command, "--after", "100000")
      expect(beyond).toMatchObject({ code: 1, value: { error: { code: "PositionBeyondHead" } } })
      expect(beyond.value.error.message).toMatch(/no position 100000 yet: the log ends at \d+\. If/)
      const restored = [command, "--after", "1", "--after-event-id", second.eventId]
      expect(await json(...restored)).toMatchObject({
        code: 1,
        value: { error: { code: "LogRestored", message: expect.stringContaining("restored") } }
      })
      const { code, stderr } = await run(command, "--after-event-id", first.eventId)
      expect(code).toBe(2)
      expect(stderr).toContain("--after-event-id is the id of the event at --after")
    }
    const found = await json("list", "--after", "1", "--after-event-id", first.eventId)
    expect(found.value.items[0].eventId).toBe(second.eventId)
  })

  it("names the cursors that there are, and where the log ends", async () => {
    for (const args of [
      ["reset", "kafak", "--to", "1"],
      ["dead-letters", "kafak"],
      ["forget", "kafak"]
    ]) {
      const { code, stderr } = await run(...args)
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: 'holdfast: there is no cursor "kafak"; the cursors are: kafka, restored\n'
      })
    }
    const beyond = await json("reset", "kafka", "--to", "1000")
    expect(beyond).toMatchObject({ code: 1, value: { error: { code: "PositionBeyondHead" } } })
    expect(beyond.value.error.message).toMatch(
      /cannot stand at position 1000: the log ends at \d+$/
    )
  })
})
