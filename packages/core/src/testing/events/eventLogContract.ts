/** The contract of `EventLog`, `AuditLog`, `Cursors` and `Webhooks`, for the author of another store. */
import { it as vitest } from "@effect/vitest"
import type * as Duration from "effect/Duration"
import type * as Layer from "effect/Layer"
import { auditTests } from "./auditTests.ts"
import { cursorTests } from "./cursorTests.ts"
import type { LogSubject } from "./LogSubject.ts"
import { managementTests } from "./managementTests.ts"
import { relayTests } from "./relayTests.ts"
import { skimTests } from "./skimTests.ts"
import { streamTests } from "./streamTests.ts"
import { webhookTests } from "./webhookTests.ts"

/** Declares the suite over a log, which is opened once and shared by the tests. */
export const eventLogContract = <E>(
  name: string,
  layer: Layer.Layer<LogSubject, E>,
  options: { readonly openingTimeout?: Duration.Input | undefined } = {}
): void => {
  const opening = { timeout: options.openingTimeout ?? "60 seconds", excludeTestServices: true }
  vitest.layer(layer, opening)(`${name} keeps the contract of a log`, (it) => {
    auditTests(it)
    cursorTests(it)
    managementTests(it)
    relayTests(it)
    skimTests(it)
    streamTests(it)
    webhookTests(it)
  })
}
