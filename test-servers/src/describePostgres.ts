// Test suites that need a real PostgreSQL server. Where there are no binaries they are reported as
// skipped, with the reason in their name; they never pass without having run.
import { describe } from "vitest"
import type { PostgresVersion } from "./PostgresServer.ts"
import { whyNoPostgres } from "./sharedServers.ts"

/** `describe` for a suite on PostgreSQL of that version. */
export const describePostgres = (
  version: PostgresVersion,
  name: string,
  tests: () => void
): void => {
  const reason = whyNoPostgres(version)
  if (reason === undefined) describe(name, tests)
  else describe.skip(`${name} — ${reason}`, tests)
}
