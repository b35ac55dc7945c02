// Test suites that need a program beside PostgreSQL.

import { type Program, whyNoProgram } from "../programs.ts"
import { whyNoPostgres } from "../sharedServers.ts"
import { describeUnless } from "./describeUnless.ts"

/** `describe` for a suite that runs a program in front of servers that share a PostgreSQL 18. */
export const describeProgram = (program: Program, name: string, tests: () => void): void =>
  describeUnless(whyNoPostgres(18) ?? whyNoProgram(program), name, tests)
