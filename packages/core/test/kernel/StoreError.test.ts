import { expect, it } from "@effect/vitest"
import { isStoreError, StoreError, StoreErrorReason } from "../../src/kernel/StoreError.ts"

it("says that a repeat is safe only when nothing was written for certain", () => {
  const retryable = StoreErrorReason.literals.filter(
    (reason) => new StoreError({ reason, message: "" }).isRetryable
  )
  expect(retryable).toEqual(["Unavailable", "Busy", "TimedOut", "Overloaded"])
})

it("H1 is known by its brand, so that an error of another copy is known", () => {
  const ofAnotherCopy = Object.create({ [Symbol.for("@holdfast/core/StoreError")]: true })
  expect(isStoreError(ofAnotherCopy)).toBe(true)
  expect(isStoreError(new StoreError({ reason: "Busy", message: "" }))).toBe(true)
  for (const other of [undefined, null, "Busy", new Error("Busy"), { _tag: "StoreError" }]) {
    expect(isStoreError(other)).toBe(false)
  }
})
