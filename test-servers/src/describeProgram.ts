// Test suites that need a program beside PostgreSQL. When the program is not available, a suite is
// reported as skipped, with the reason in its name. It never passes without having run.
import { describe } from "vitest"
import { type Program, whyNoProgram } from "./programs.ts"
import { whyNoPostgres } from "./sharedServers.ts"

/** `describe` for a suite that runs a program in front of servers that share a PostgreSQL 18. */
export const describeProgram = (program: Program, name: string, tests: () => void): void => {
  const reason = whyNoPostgres(18) ?? whyNoProgram(program)
  if (reason === undefined) describe(name, tests)
  else describe.skip(`${name} — ${reason}`, tests)
}
