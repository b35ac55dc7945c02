import { describe, expect, it } from "@effect/vitest"
import { createHoldfast, createInventory, type HoldfastOptions } from "../../src/index.ts"
import { mug, ownFolder, refusal } from "./opened.ts"

describe("createHoldfast", () => {
  it("opens its contexts over one folder, and closes them together", async () => {
    using own = ownFolder()
    const { folder } = own
    const holdfast = await createHoldfast({ folder })
    const { inventory } = holdfast
    await inventory.registerSku(mug)
    expect(inventory).not.toHaveProperty("close")
    const second = await refusal(createHoldfast({ folder }))
    expect(second).toMatchObject({ code: "StartFailed", details: { reason: "FolderInUse" } })
    await holdfast.close()
    expect((await refusal(inventory.stock("mug"))).code).toBe("Closed")
    await using again = await createInventory({ folder })
    expect(await again.stock("mug")).toMatchObject({ totalQuantity: 3 })
  })

  it("closes at the end of an `await using` block", async () => {
    let left: Awaited<ReturnType<typeof createHoldfast>>
    {
      await using holdfast = await createHoldfast()
      left = holdfast
    }
    expect((await refusal(left.inventory.ping())).code).toBe("Closed")
  })

  it("reads the same options as createInventory, and refuses the same", async () => {
    const wrong: ReadonlyArray<unknown> = [
      { fodler: "x" },
      { url: undefined },
      { folder: "x", url: "postgres://127.0.0.1/x" },
      { engine: { lanes: 0 } }
    ]
    for (const options of wrong as ReadonlyArray<HoldfastOptions>) {
      const errors = [
        await refusal(createHoldfast(options)),
        await refusal(createInventory(options))
      ]
      expect(errors[0]).toMatchObject({ code: "InvalidInput", details: errors[1]?.details })
    }
  })
})
