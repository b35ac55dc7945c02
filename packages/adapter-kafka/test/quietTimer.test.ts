import { createRequire } from "node:module"
import { expect, it } from "vitest"
import { quietTimer } from "../src/clients/quietTimer.ts"

it("waits for no instant that a clock, which was set back, has put an hour away", async () => {
  expect(quietTimer()).toBe(true)
  const queue = createRequire(import.meta.url)("kafkajs/src/network/requestQueue").prototype
  const sent = await new Promise<number>((resolve) => {
    const waiting = {
      throttledUntil: Date.now() + 3_600_000,
      throttleCheckTimeoutId: null,
      pending: ["a request"],
      checkPendingRequests: () => resolve(waiting.throttledUntil)
    }
    queue.scheduleCheckPendingRequests.call(waiting)
  })
  expect(sent).toBeLessThan(Date.now())
})
