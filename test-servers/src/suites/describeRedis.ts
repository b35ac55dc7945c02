// Test suites that need a real Redis server. Where `CI` is set, a suite that cannot run fails.
import { describe, it } from "vitest"
import { whyNoRedis, whyNoRedisTls } from "../redis/redisInstallation.ts"
import { describeUnless } from "./describeUnless.ts"

/** `describe` for a suite on Redis; `tls` for one on a Redis that speaks TLS. */
export const describeRedis = (
  name: string,
  tests: () => void,
  needs: { readonly tls?: boolean } = {}
): void => {
  const reason = needs.tls === true ? whyNoRedisTls() : whyNoRedis()
  if (reason !== undefined && process.env["CI"] !== undefined) {
    describe(name, () => {
      it("runs on Redis", () => {
        throw new Error(reason)
      })
    })
    return
  }
  describeUnless(reason, name, tests)
}
