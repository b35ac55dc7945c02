/** What can be read of who did what, and what people manage that no door offers, one row each. */
import { ofAudit, type Permission } from "../access/Permission.ts"

/** The operations. */
export const auditOperations = {
  auditRecords: { permission: ofAudit.records, summary: "Who changed what, and what was denied" },
  skuHistory: { permission: ofAudit.history, summary: "What happened to a SKU, and who did it" }
} as const satisfies {
  readonly [name: string]: { readonly permission: Permission; readonly summary: string }
}

/**
 * Changes that people make by hand, beside those of webhooks, which have a table of their own. Their records are
 * called as they are, with a capital: `resetCursor` is `ResetCursor`.
 */
export const managedChanges = {
  resetCursor: {},
  adoptLog: {},
  forgetCursor: {},
  redriveDeadLetter: {},
  createApiKey: {},
  revokeApiKey: {},
  beginKey: {},
  rotateSecrets: {},
  startImport: {},
  resumeImport: {},
  pruneAudit: {},
  pruneEvents: {},
  pruneMonths: {},
  pruneImports: {}
} as const

/** What the record of a change by hand may be called; by such a name it is found. */
export type ManagedOperation =
  | Capitalize<keyof typeof managedChanges>
  | `${"Create" | "Change" | "Remove" | "Replay"}Webhook`
  | "RotateWebhookSecret"
  | "RedeliverToWebhook"
