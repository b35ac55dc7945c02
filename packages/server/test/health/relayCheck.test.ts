import { expect, it } from "vitest"
import { relayCheck } from "../../src/serving/health/healthChecks.ts"

it("says what a relay waits for in the words of the command line", () => {
  const problem = "no broker can be reached: check `brokers`, and whether the brokers are up"
  const status = { position: 7, problem, attempts: 3, deadLetters: 0 }
  for (const state of ["RETRYING", "STOPPED"] as const) {
    const { found } = relayCheck("inventory", { ...status, state } as never)
    expect(found).toContain("check --kafka, and whether")
  }
})
