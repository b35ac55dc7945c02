// Test suites that need a real Kafka broker. Where none can run they are reported as skipped, with the
// reason in their name. Where `CI` is set, a suite that cannot run fails.
import { beforeAll, describe, it } from "vitest"
import { preparedKafka } from "../sharedServers.ts"
import { whyNoKafka } from "./kafkaInstallation.ts"

/** The first run on a machine brings Kafka. */
const preparingMillisMax = 300_000

/** `describe` for a suite on Apache Kafka, which is brought before the first test. */
export const describeKafka = (name: string, tests: () => void): void => {
  const reason = whyNoKafka()
  if (reason === undefined) {
    describe(name, () => {
      beforeAll(preparedKafka, preparingMillisMax)
      tests()
    })
  } else if (process.env["CI"] === undefined) describe.skip(`${name} — ${reason}`, tests)
  else {
    describe(name, () => {
      it("runs on Apache Kafka", () => {
        throw new Error(reason)
      })
    })
  }
}
