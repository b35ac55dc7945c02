// Test suites that need a real PostgreSQL server.

import type { PostgresVersion } from "../PostgresServer.ts"
import { whyNoPostgres } from "../sharedServers.ts"
import { describeUnless } from "./describeUnless.ts"

/** `describe` for a suite on PostgreSQL of that version. */
export const describePostgres = (version: PostgresVersion, name: string, tests: () => void): void =>
  describeUnless(whyNoPostgres(version), name, tests)
