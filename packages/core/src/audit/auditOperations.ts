/** What can be read of who did what, one row each. */
import { ofAudit, type Permission } from "../access/Permission.ts"

/** The operations. */
export const auditOperations = {
  auditRecords: { permission: ofAudit.records, summary: "Who changed what, and what was denied" },
  skuHistory: { permission: ofAudit.history, summary: "What happened to a SKU, and who did it" }
} as const satisfies {
  readonly [name: string]: { readonly permission: Permission; readonly summary: string }
}
