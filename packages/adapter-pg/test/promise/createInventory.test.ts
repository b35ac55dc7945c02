import { inspect } from "node:util"
import { describe, expect, it } from "@effect/vitest"
import { isHoldfastError, type StockStatus } from "@holdfast/core"
import { startTcpProxy } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { createInventory, type LogEntry } from "../../src/index.ts"
import { mug, order, ownDatabase, ownFolder, refusal } from "./opened.ts"

describe("createInventory, embedded", () => {
  it("lives in memory when nothing is given, and never sells what is not there", async () => {
    await using inventory = await createInventory()
    await inventory.registerSku(mug)
    const calls = Array.from({ length: 20 }, (_, n) => inventory.reserve(order(`o${n}`, 1)))
    const ends = await Promise.allSettled(calls)
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(3)
    for (const end of ends) {
      if (end.status === "rejected") {
        expect(isHoldfastError(end.reason, "InsufficientStock")).toBe(true)
      }
    }
    expect(await inventory.stock("mug")).toMatchObject({ reservedQuantity: 3 })
    expect(await inventory.reconcile()).toMatchObject({ levels: 1, accuracy: 1 })
  })

  it("keeps what it acknowledged in its folder, and gives the first answer to a key again", async () => {
    using own = ownFolder()
    const { folder } = own
    const key = { idempotencyKey: "checkout-1" }
    const open = () => createInventory({ folder, sweepIntervalMillis: false, upkeep: false })
    const first = await open()
    await first.registerSku(mug)
    const held = await first.reserve(order("o1", 2), key)
    await first.close()
    await using second = await open()
    expect(await second.reserve(order("o1", 2), key)).toEqual(held)
    expect(await second.stock("mug")).toMatchObject({ totalQuantity: 3, reservedQuantity: 2 })
  })

  it("refuses a folder that is open already, and says which", async () => {
    using own = ownFolder()
    await using _ = await createInventory({ folder: own.folder })
    const error = await refusal(createInventory({ folder: own.folder }))
    expect(error).toMatchObject({ code: "StartFailed", details: { reason: "FolderInUse" } })
    expect(error.message).toContain(own.folder)
  })

  it("writes lapsed holds down by itself", async () => {
    await using inventory = await createInventory({ sweepIntervalMillis: 1 })
    await inventory.registerSku(mug)
    const [hold] = await inventory.reserve(order("o1", 1, 1))
    const wasWrittenDown = async () =>
      (await inventory.events({ size: 1_000 })).some(
        ({ event }) =>
          event.eventType === "inventory.stock.released" &&
          event.payload.reservationId === hold?.id &&
          event.payload.reason === "EXPIRED"
      )
    // Asked until it is so; the test's time-out is the bound.
    while (!(await wasWrittenDown())) await inventory.ping()
    expect(await inventory.stock("mug")).toMatchObject({ availableQuantity: 3 })
  })
})

describe("createInventory, asked wrongly", () => {
  it("names every bad option", async () => {
    const options = {
      fodler: "./stock",
      schema: "Not A Name",
      migrate: 1,
      sweepIntervalMillis: 0,
      engine: { lanes: 0, queue: 1 },
      log: "console"
    }
    const error = await refusal(createInventory(options as never))
    expect(error.code).toBe("InvalidInput")
    const issues = isHoldfastError(error, "InvalidInput") ? error.details.issues : []
    expect(issues.map(({ path }) => path).sort()).toEqual([
      "engine.lanes",
      "engine.queue",
      "fodler",
      "log",
      "migrate",
      "schema",
      "sweepIntervalMillis"
    ])
  })

  it("refuses a folder and a URL at once, and connections for the embedded database", async () => {
    const paths = async (options: unknown) => {
      const error = await refusal(createInventory(options as never))
      return isHoldfastError(error, "InvalidInput")
        ? error.details.issues.map(({ path }) => path)
        : []
    }
    expect(await paths({ folder: "x", url: "postgres://127.0.0.1/x" })).toEqual(["url"])
    expect(await paths({ maxConnections: 5 })).toEqual(["maxConnections"])
    expect(await paths({ pooler: "transaction" })).toEqual(["pooler"])
    expect(await paths({ url: "postgres://a/x", pooler: "session" })).toEqual(["pooler"])
    expect(await paths("postgres://127.0.0.1/x")).toEqual([""])
  })

  it("O3 refuses a URL with a parameter that it does not know, by its name", async () => {
    const url = "postgres://me:s3cr3t@127.0.0.1:1,127.0.0.1:2/stock?target_session_attr=primary"
    const error = await refusal(createInventory({ url }))
    expect(isHoldfastError(error, "StartFailed") && error.details.reason).toBe("InvalidOptions")
    expect(error.message).toContain('unknown parameter "target_session_attr"')
  })

  it("takes undefined as left out, where that loses nothing", async () => {
    const options = { memory: true, folder: undefined, url: undefined } as const
    const engine = { lanes: undefined }
    await using inventory = await createInventory({ ...options, engine, upkeep: undefined })
    await inventory.ping()
  })

  it("opens nothing in memory for an undefined place, as from an unset variable", async () => {
    for (const place of ["url", "folder"]) {
      const error = await refusal(createInventory({ [place]: process.env["HOLDFAST_NOT_SET"] }))
      expect(isHoldfastError(error, "InvalidInput") && error.details.issues).toEqual([
        { path: place, message: expect.stringMatching(/variable not set.*memory: true/) }
      ])
    }
    const both = { memory: true, folder: "x" } as never
    const error = await refusal(createInventory(both))
    expect(isHoldfastError(error, "InvalidInput") && error.details.issues[0]?.path).toBe("memory")
  })

  it("repeats no password, in no part of an error", async () => {
    const urls = [
      "postgres://me:s3cr3t@127.0.0.1:1/stock",
      "mysql://me:s3cr3t@127.0.0.1/stock",
      "me:s3cr3t@:not a url"
    ]
    for (const url of urls) {
      const error = await refusal(createInventory({ url }))
      expect(error.code).toMatch(/StartFailed|Unavailable/)
      expect(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain(
        "s3cr3t"
      )
      expect(JSON.stringify(error)).not.toContain("s3cr3t")
    }
  })
})

describePostgres(18, "createInventory on a server", () => {
  it("keeps stock on the server, two of them at once, and never oversells", async () => {
    await using database = await ownDatabase()
    const { url } = database
    await using one = await createInventory({ url, maxConnections: 4 })
    await using two = await createInventory({ url, maxConnections: 4 })
    await one.registerSku(mug)
    const calls = [one, two].flatMap((inventory, n) =>
      Array.from({ length: 10 }, (_, m) => inventory.reserve(order(`o${n}-${m}`, 1)))
    )
    const ends = await Promise.allSettled(calls)
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(3)
    expect(await two.stock("mug")).toMatchObject({ availableQuantity: 0 })
  })

  it("keeps tenants apart by schema", async () => {
    await using database = await ownDatabase()
    const { url } = database
    await using red = await createInventory({ url, schema: "red" })
    await using blue = await createInventory({ url, schema: "blue" })
    await red.registerSku(mug)
    expect(await blue.sku("mug")).toBeUndefined()
    expect(await red.sku("mug")).toMatchObject({ code: "MUG" })
  })

  it("B10 makes no tables without migrate", async () => {
    await using database = await ownDatabase()
    const { url } = database
    await using inventory = await createInventory({
      url,
      migrate: false,
      sweepIntervalMillis: false,
      upkeep: false
    })
    expect(await refusal(inventory.stock("mug"))).toMatchObject({
      code: "Unavailable",
      isRetryable: true,
      message: expect.stringContaining("run holdfast migrate")
    })
    const made = await createInventory({ url })
    await made.close()
    expect((await refusal(inventory.stock("mug"))).code).toBe("SkuNotFound")
  })

  it("says that it may be tried again while the server is away, logs it, and recovers", async () => {
    await using database = await ownDatabase()
    const proxy = await startTcpProxy(Number(new URL(database.url).port))
    const entries: Array<LogEntry> = []
    const warned = Promise.withResolvers<void>()
    try {
      await using inventory = await createInventory({
        url: proxy.url(database.url),
        upkeep: false,
        sweepIntervalMillis: 1,
        log: (entry) => {
          entries.push(entry)
          warned.resolve()
        }
      })
      await inventory.registerSku(mug)
      await proxy.behave({ kind: "refuse" })
      const error = await refusal(inventory.stock("mug"))
      expect(error).toMatchObject({ code: "Unavailable", isRetryable: true })
      await warned.promise
      expect(entries[0]).toMatchObject({
        level: "warn",
        message: "lapsed holds were not written down; trying again"
      })
      expect(entries[0]?.cause).toContain("StoreError")
      await proxy.behave({ kind: "pass" })
      // An attempt to connect that began before may still be refused, which says: try again.
      const patient = (): Promise<StockStatus> =>
        inventory.stock("mug").catch((error: unknown) => {
          if (isHoldfastError(error) && error.isRetryable) return patient()
          throw error
        })
      expect(await patient()).toMatchObject({ totalQuantity: 3 })
    } finally {
      await proxy.close()
    }
  })
})
