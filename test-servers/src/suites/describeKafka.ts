// Test suites that need a real Kafka broker. Where `CI` is set, a suite that cannot run fails.
import { beforeAll, describe, it } from "vitest"
import { whyNoKafka } from "../kafka/kafkaInstallation.ts"
import { preparedKafka } from "../sharedServers.ts"
import { describeUnless } from "./describeUnless.ts"

/** The first run on a machine brings Kafka. */
const preparingMillisMax = 300_000

/** `describe` for a suite on Apache Kafka, which is brought before the first test. */
export const describeKafka = (name: string, tests: () => void): void => {
  const reason = whyNoKafka()
  if (reason !== undefined && process.env["CI"] !== undefined) {
    describe(name, () => {
      it("runs on Apache Kafka", () => {
        throw new Error(reason)
      })
    })
    return
  }
  describeUnless(reason, name, () => {
    beforeAll(preparedKafka, preparingMillisMax)
    tests()
  })
}
