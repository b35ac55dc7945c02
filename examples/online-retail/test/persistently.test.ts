/** Repeating a call: only where it is safe, and not for ever. */
import { HoldfastError } from "@holdfast/core"
import { expect, it } from "vitest"
import { persistently } from "../src/persistently.ts"

const busy = () => new HoldfastError("Busy", { reason: "others hold the stock" })

const failing = (errors: ReadonlyArray<Error>) => {
  const left = [...errors]
  const waits: Array<number> = []
  const wait = (millis: number) => Promise.resolve(waits.push(millis))
  const call = () => {
    const error = left.shift()
    return error === undefined ? Promise.resolve("done") : Promise.reject(error)
  }
  return { answer: persistently(call, { repeatsMax: 3, wait }), waits }
}

it("repeats a call that may be repeated, waiting twice as long each time", async () => {
  const { answer, waits } = failing([busy(), busy(), busy()])
  expect(await answer).toBe("done")
  expect(waits).toEqual([100, 200, 400])
})

it("gives up after so many repeats", async () => {
  const { answer, waits } = failing([busy(), busy(), busy(), busy()])
  await expect(answer).rejects.toThrow(expect.objectContaining({ code: "Busy" }))
  expect(waits.length).toBe(3)
})

it("never repeats what may have been written, or what was refused", async () => {
  const unknown = new HoldfastError("OutcomeUnknown", { reason: "the answer was lost" })
  for (const error of [unknown, new Error("a bug")]) {
    const { answer, waits } = failing([error])
    await expect(answer).rejects.toBe(error)
    expect(waits).toEqual([])
  }
})
