import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { isHoldfastError } from "../../../src/index.ts"
import { toPromises } from "../../../src/inventory.ts"
import { heldEngine, memoryEngine, openMugs } from "./openMemory.ts"

const refusal = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => expect.unreachable("the call was answered"),
    (caught: unknown) => caught
  )
  if (!isHoldfastError(error)) throw error
  return error
}

const cup = { skuId: "cup", code: "CUP", name: "Cup" }
const can = { skuId: "can", code: "CAN", name: "Can" }

describe("close with a time-out", () => {
  it("rejects the calls that are left by then, and names them", async () => {
    const { began, layer } = heldEngine()
    const inventory = await toPromises(layer)
    const calls = [inventory.registerSku(cup), inventory.registerSku(can)]
    await began
    const closing = refusal(inventory.close({ timeout: 1 }))
    for (const call of calls) {
      expect(await refusal(call)).toMatchObject({
        code: "Interrupted",
        isRetryable: false,
        message: expect.stringMatching(/was closed before it answered.*same key/)
      })
    }
    expect(await closing).toMatchObject({
      code: "CloseTimedOut",
      details: { timeout: 1, calls: [{ method: "registerSku", count: 2 }] },
      message: expect.stringContaining("2 × registerSku")
    })
    expect((await refusal(inventory.ping())).code).toBe("Closed")
  })

  it("resolves when all was answered before", async () => {
    const { began, layer, letGo } = heldEngine()
    const inventory = await toPromises(layer)
    const registered = inventory.registerSku(cup)
    await began
    const closing = inventory.close({ timeout: 60_000 })
    expect((await refusal(inventory.ping())).code).toBe("Closed")
    letGo()
    expect(await registered).toMatchObject({ id: "cup" })
    await closing
    await inventory.close({ timeout: 0 })
  })

  it("bounds a close that was asked for without one before", async () => {
    const { began, layer, letGo } = heldEngine()
    const inventory = await toPromises(layer)
    const registered = refusal(inventory.registerSku(cup))
    await began
    const first = inventory.close()
    const late = await refusal(inventory.close({ timeout: 1 }))
    expect(late).toMatchObject({ details: { calls: [{ method: "registerSku", count: 1 }] } })
    expect((await registered).code).toBe("Interrupted")
    letGo()
    await first
  })

  it("says that work of the engine itself is left when no call is", async () => {
    const released = Promise.withResolvers<void>()
    const slow = Layer.effectDiscard(
      Effect.addFinalizer(() => Effect.promise(() => released.promise))
    )
    const inventory = await toPromises(Layer.provide(memoryEngine, slow))
    const error = await refusal(inventory.close({ timeout: 1 }))
    expect(error).toMatchObject({ code: "CloseTimedOut", details: { timeout: 1, calls: [] } })
    expect(error.message).toContain("work of the engine itself")
    released.resolve()
    await inventory.close()
  })

  it("refuses a time-out that is none, and stays open", async () => {
    await using inventory = await openMugs()
    for (const options of [{ timeout: -1 }, { timeout: 0.5 }, { timeuot: 1 }, 5, null]) {
      const error = await refusal(inventory.close(options as never))
      expect(error.code).toBe("InvalidInput")
      expect(error.message).toContain("options")
    }
    await inventory.close({ timeout: undefined })
    expect((await refusal(inventory.ping())).code).toBe("Closed")
  })
})

describe("the life of the process", () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length

  it("H12 is held by a call that is under way, and not by an open inventory", async () => {
    const { began, layer, letGo } = heldEngine()
    const before = timers()
    await using inventory = await toPromises(layer)
    expect(timers()).toBe(before)
    const calls = [inventory.registerSku(cup), inventory.registerSku(can)]
    expect(timers()).toBe(before + 1)
    await began
    letGo()
    await Promise.all(calls)
    // A timer of the test runner itself may have ended meanwhile.
    expect(timers()).toBeLessThanOrEqual(before)
  })
})
