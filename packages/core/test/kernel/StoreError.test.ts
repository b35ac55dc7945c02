import { expect, it } from "@effect/vitest"
import { StoreError, StoreErrorReason } from "../../src/kernel/StoreError.ts"

it("says that a repeat is safe only when nothing was written for certain", () => {
  const retryable = StoreErrorReason.literals.filter(
    (reason) => new StoreError({ reason, message: "" }).isRetryable
  )
  expect(retryable).toEqual(["Unavailable", "Busy", "TimedOut", "Overloaded"])
})
