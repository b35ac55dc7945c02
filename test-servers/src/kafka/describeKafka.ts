// Test suites that need a real Kafka broker. Where none can run they are reported as skipped, with the
// reason in their name. Where `CI` is set, a suite that cannot run fails.
import { describe, it } from "vitest"
import { whyNoKafka } from "./kafkaInstallation.ts"

/** `describe` for a suite on Apache Kafka. */
export const describeKafka = (name: string, tests: () => void): void => {
  const reason = whyNoKafka()
  if (reason === undefined) describe(name, tests)
  else if (process.env["CI"] === undefined) describe.skip(`${name} — ${reason}`, tests)
  else {
    describe(name, () => {
      it("runs on Apache Kafka", () => {
        throw new Error(reason)
      })
    })
  }
}
