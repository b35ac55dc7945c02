// Suites that need what a machine may not have. They are then reported as skipped, with the reason in
// their name. They never pass without having run.
import { describe } from "vitest"

/** `describe` for a suite, unless there is a reason why it cannot run. */
export const describeUnless = (
  reason: string | undefined,
  name: string,
  tests: () => void
): void => {
  if (reason === undefined) describe(name, tests)
  else describe.skip(`${name} — ${reason}`, tests)
}
