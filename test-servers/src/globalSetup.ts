// What vitest runs once around a whole test run: the shared servers are there when a test asks for
// one, and gone when the run ends. A run without the binaries says so before it starts.
import { openSharedServers, whyNoPostgres } from "./sharedServers.ts"

/** Called by vitest before the first test file; what it returns is called after the last one. */
export default async (): Promise<() => Promise<void>> => {
  for (const version of [18, 15] as const) {
    const reason = whyNoPostgres(version)
    if (reason !== undefined) console.warn(`\n*** ${reason}: its tests do not run ***\n`)
  }
  return openSharedServers()
}
