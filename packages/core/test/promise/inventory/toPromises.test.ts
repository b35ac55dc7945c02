import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type HoldfastErrorCode, isHoldfastError } from "../../../src/index.ts"
import {
  Inventory,
  MemoryInventory,
  StockStore,
  StoreError,
  toPromises
} from "../../../src/inventory.ts"
import { heldEngine, memoryEngine, openMugs } from "./openMemory.ts"

/** What a call rejects with, as an error of Holdfast. */
const refusal = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => expect.unreachable("the call was answered"),
    (caught: unknown) => caught
  )
  if (!isHoldfastError(error)) throw error
  return error
}

const issues = async (call: Promise<unknown>) => {
  const error = await refusal(call)
  return isHoldfastError(error, "InvalidInput")
    ? error.details.issues.map(({ message, path }) => `${path}: ${message}`)
    : [error.code]
}

const mugs = (quantity: number) => ({ orderId: "o1", lines: [{ skuId: "mug", quantity }] })

describe("commands by promises", () => {
  it("reserves, confirms and fulfils, with instants as Date", async () => {
    await using inventory = await openMugs()
    const [hold] = await inventory.reserve({ ...mugs(2), ttl: 60 })
    expect(hold?.status).toBe("PENDING")
    expect(hold?.expiresAt).toBeInstanceOf(Date)
    expect(Number(hold?.expiresAt) - Number(hold?.createdAt)).toBe(60_000)
    const reservationId = hold?.id ?? ""
    expect(await inventory.confirm({ reservationId })).toMatchObject({
      status: "CONFIRMED",
      expiresAt: null
    })
    expect(await inventory.fulfil({ reservationId })).toMatchObject({ status: "FULFILLED" })
    expect(await inventory.stock("mug")).toMatchObject({ totalQuantity: 1, reservedQuantity: 0 })
  })

  it("rejects a refusal with its code and its fields", async () => {
    await using inventory = await openMugs()
    const error = await refusal(inventory.reserve(mugs(4)))
    expect(error.code).toBe("InsufficientStock")
    expect(error.isRetryable).toBe(false)
    expect(error.details).toEqual({
      lines: [{ line: 0, lineId: null, skuId: "mug", locationId: null, requested: 4, available: 3 }]
    })
  })

  it("names the caller in the stack of an error", async () => {
    await using inventory = await openMugs()
    const checkOut = async () => {
      await inventory.reserve(mugs(4))
    }
    expect((await refusal(checkOut())).stack).toContain("checkOut")
  })

  it("answers a repeat with the same key from the receipt", async () => {
    await using inventory = await openMugs()
    const first = await inventory.reserve(mugs(2), { idempotencyKey: "k", caller: "shop" })
    expect(await inventory.reserve(mugs(2), { idempotencyKey: "k", caller: "shop" })).toEqual(first)
    const other = inventory.reserve(mugs(1), { idempotencyKey: "k", caller: "shop" })
    expect((await refusal(other)).code).toBe("IdempotencyMismatch")
    expect((await inventory.stock("mug")).reservedQuantity).toBe(2)
  })

  it("takes instants as Date or as text, and carries the options of a command", async () => {
    await using inventory = await openMugs()
    const occurredAt = new Date("2026-01-02T03:04:05.678Z")
    const about = { actor: "ann", correlationId: "c1" }
    await inventory.receive({ skuId: "mug", quantity: 1, occurredAt }, about)
    await inventory.ship({ skuId: "mug", quantity: 1, occurredAt: occurredAt.toISOString() })
    const { items } = await inventory.movements("mug")
    const dated = items.filter(({ occurredAt }) => occurredAt !== null)
    expect(dated.map((row) => row.occurredAt)).toEqual([occurredAt, occurredAt])
    expect(items.find(({ actor }) => actor === "ann")?.quantity).toBe(1)
    const events = await inventory.events()
    expect(events.at(-2)?.event.correlationId).toBe("c1")
  })

  it("takes undefined as left out, also in lines and options", async () => {
    await using inventory = await openMugs()
    const line = { skuId: "mug", quantity: 1, locationId: undefined, lineId: undefined }
    const input = { orderId: "o1", lines: [line], ttl: undefined, replace: undefined }
    const options = { idempotencyKey: undefined, signal: undefined }
    expect(await inventory.reserve(input, options)).toHaveLength(1)
  })

  it("names every bad field of the input and of the options, and writes nothing", async () => {
    await using inventory = await openMugs()
    const before = await inventory.events()
    expect(await issues(inventory.reserve({ orderID: "o1" } as never))).toEqual([
      "orderID: is not a field (there are orderId, lines, ttl, replace, ownerId, customer)",
      "orderId: is required",
      "lines: is required"
    ])
    expect(await issues(inventory.reserve(mugs(1), { idempotencykey: "k" } as never))).toEqual([
      "options.idempotencykey: is not a field (there are " +
        "idempotencyKey, caller, correlationId, traceparent, actor, signal)"
    ])
    expect(await issues(inventory.reserve(mugs(1), { signal: 5 } as never))).toEqual([
      "options.signal: must be an AbortSignal"
    ])
    expect(await issues(inventory.reserve(mugs(1), 5 as never))).toEqual([
      "options: must be an object"
    ])
    expect(await issues(inventory.reserve(undefined as never))).toContain("orderId: is required")
    for (const hold of ["018f0000-0000-7000-8000-000000000001", 5, ["mug"]]) {
      expect(await issues(inventory.confirm(hold as never))).toEqual(["input: must be an object"])
    }
    const noInstant = { skuId: "mug", quantity: 1, occurredAt: new Date("no date") }
    expect(await issues(inventory.receive(noInstant))).toEqual([
      "occurredAt: must be an instant in ISO 8601 with its zone, such as 2026-01-31T09:30:00Z"
    ])
    expect(await inventory.events()).toEqual(before)
  })

  it("gives copies: what a host does to an answer changes nothing", async () => {
    await using inventory = await openMugs()
    const sku = (await inventory.sku("mug")) as { name: string; createdAt: Date }
    sku.name = "changed"
    sku.createdAt.setTime(0)
    expect(await inventory.sku("mug")).toMatchObject({ name: "Mug" })
    expect((await inventory.sku("mug"))?.createdAt.getTime()).not.toBe(0)
  })
})

describe("failures of the store by promises", () => {
  const openBroken = (transact: StockStore["Service"]["transact"]) =>
    toPromises(
      Layer.provideMerge(
        Inventory.layer(),
        Layer.provideMerge(
          Layer.effect(
            StockStore,
            Effect.map(StockStore, (store) => ({ ...store, transact }))
          ),
          MemoryInventory.layer
        )
      )
    )

  it("rejects with the store's reason, and says whether to try again", async () => {
    const cases: ReadonlyArray<readonly [StoreError["reason"] & HoldfastErrorCode, boolean]> = [
      ["Unavailable", true],
      ["OutcomeUnknown", false]
    ]
    for (const [reason, isRetryable] of cases) {
      const cause = new Error("the wire")
      const failure = new StoreError({ reason, message: "no answer", cause })
      await using inventory = await openBroken(() => Effect.fail(failure))
      const error = await refusal(inventory.archiveSku({ skuId: "mug" }))
      expect(error).toMatchObject({ code: reason, isRetryable, message: "no answer", cause })
    }
  })

  it("rejects with Defect, and what was thrown, when something throws that never should", async () => {
    const thrown = new Error("oops")
    await using inventory = await openBroken(() => Effect.die(thrown))
    const error = await refusal(inventory.archiveSku({ skuId: "mug" }))
    expect(error).toMatchObject({ code: "Defect", isRetryable: false, cause: thrown })
  })

  it("rejects with Interrupted when the engine itself ends a call", async () => {
    await using inventory = await openBroken(() => Effect.interrupt)
    expect((await refusal(inventory.archiveSku({ skuId: "mug" }))).code).toBe("Interrupted")
  })
})

describe("opening and closing", () => {
  it("rejects with StartFailed and the adapter's own reason, and closes what was open", async () => {
    let closed = false
    const opened = Layer.effectDiscard(
      Effect.addFinalizer(() =>
        Effect.sync(() => {
          closed = true
        })
      )
    )
    const failing = Layer.effectDiscard(
      Effect.fail({ _tag: "StartError", reason: "FolderInUse", message: "the folder is open" })
    )
    const error = await refusal(
      toPromises(memoryEngine.pipe(Layer.provide(failing), Layer.provide(opened)))
    )
    expect(error).toMatchObject({
      code: "StartFailed",
      details: { reason: "FolderInUse" },
      isRetryable: false
    })
    expect(closed).toBe(true)
  })

  it("rejects with the store's reason when the store is why it cannot be opened", async () => {
    const away = new StoreError({ reason: "Unavailable", message: "the database is away" })
    const layer = Layer.provide(memoryEngine, Layer.effectDiscard(Effect.fail(away)))
    expect(await refusal(toPromises(layer))).toMatchObject({
      code: "Unavailable",
      isRetryable: true
    })
  })

  it("H1 knows the error of a store that was made by another copy of core", async () => {
    const ofAnotherCopy: StoreError = Object.assign(
      Object.create({ [Symbol.for("@holdfast/core/StoreError")]: true }),
      { reason: "Unavailable", message: "the database is away" }
    )
    const layer = Layer.provide(memoryEngine, Layer.effectDiscard(Effect.fail(ofAnotherCopy)))
    expect((await refusal(toPromises(layer))).code).toBe("Unavailable")
  })

  it("rejects every call with Closed after close, which may be called again", async () => {
    const inventory = await openMugs()
    await inventory.close()
    await inventory.close()
    await inventory[Symbol.asyncDispose]()
    const calls = [inventory.reserve(mugs(1)), inventory.stock("mug"), inventory.expireLapsed()]
    for (const call of calls) expect((await refusal(call)).code).toBe("Closed")
    const levels = inventory.reconciledLevels()[Symbol.asyncIterator]().next()
    expect((await refusal(levels)).code).toBe("Closed")
  })

  it("answers what is under way before it closes", async () => {
    const { began, layer, letGo } = heldEngine()
    const inventory = await toPromises(layer)
    const registered = inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug" })
    await began
    let isClosed = false
    const closing = inventory.close().then(() => {
      isClosed = true
    })
    expect((await refusal(inventory.stock("mug"))).code).toBe("Closed")
    expect(isClosed).toBe(false)
    letGo()
    expect(await registered).toMatchObject({ id: "mug" })
    await closing
  })

  it("closes at the end of an `await using` block", async () => {
    let left: Awaited<ReturnType<typeof openMugs>>
    {
      await using inventory = await openMugs()
      left = inventory
    }
    expect((await refusal(left.ping())).code).toBe("Closed")
  })
})

describe("AbortSignal", () => {
  it("rejects with the signal's own reason when it is aborted already, and does nothing", async () => {
    await using inventory = await openMugs()
    const reason = new Error("the buyer left")
    const signal = AbortSignal.abort(reason)
    await expect(inventory.reserve(mugs(1), { signal })).rejects.toBe(reason)
    await expect(inventory.stock("mug", { signal })).rejects.toBe(reason)
    await expect(inventory.skus({ signal, size: 1 })).rejects.toBe(reason)
    expect((await inventory.stock("mug")).reservedQuantity).toBe(0)
  })

  it("rejects at once when it aborts later; a commit under way goes on, unread", async () => {
    const { began, layer, letGo } = heldEngine()
    await using inventory = await toPromises(layer)
    const controller = new AbortController()
    const { signal } = controller
    const registered = inventory.registerSku({ code: "MUG", name: "Mug", skuId: "mug" }, { signal })
    await began
    controller.abort()
    await expect(registered).rejects.toBe(signal.reason)
    expect(signal.reason).toMatchObject({ name: "AbortError" })
    letGo()
    // The next command is decided after the one that nobody waits for any more.
    const again = inventory.registerSku({ code: "MUG", name: "Mug", skuId: "mug" })
    expect((await refusal(again)).code).toBe("IdTaken")
  })

  it("withdraws a command that still waits for its batch", async () => {
    const { began, layer, letGo } = heldEngine()
    await using inventory = await toPromises(layer)
    const first = inventory.registerSku({ code: "MUG", name: "Mug", skuId: "mug" })
    await began
    const controller = new AbortController()
    const second = inventory.registerSku(
      { code: "CUP", name: "Cup", skuId: "cup" },
      { signal: controller.signal }
    )
    controller.abort("changed my mind")
    await expect(second).rejects.toBe("changed my mind")
    letGo()
    await first
    expect(await inventory.sku("mug")).toMatchObject({ id: "mug" })
    expect(await inventory.sku("cup")).toBeUndefined()
  })

  it("may abort after the answer, and leaves no listener on the signal", async () => {
    await using inventory = await openMugs()
    const controller = new AbortController()
    const listeners = new Set<unknown>()
    const { signal } = controller
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = ((type: "abort", listener: () => void) => {
      listeners.add(listener)
      add(type, listener)
    }) as typeof signal.addEventListener
    signal.removeEventListener = ((type: "abort", listener: () => void) => {
      listeners.delete(listener)
      remove(type, listener)
    }) as typeof signal.removeEventListener
    expect(await inventory.reserve(mugs(1), { signal })).toHaveLength(1)
    expect(listeners.size).toBe(0)
    controller.abort()
    expect((await inventory.stock("mug")).reservedQuantity).toBe(1)
  })
})
