/** What records of the audit logs call every operation of the API, and what people manage beside it. */
import { auditOperations, managedChanges, operationNamesOf } from "@holdfast/core/audit"
import { operations as catalog } from "@holdfast/core/catalog"
import { eventOperations, webhookOperations } from "@holdfast/core/events"
import { importOperations } from "@holdfast/core/exchange"
import { type CommandTag, operations as inventory } from "@holdfast/core/inventory"

/** Commands that the engine sends itself. */
const upkeep = {
  expireLapsed: { command: "ExpireReservations" },
  breakBundle: { command: "BreakBundle" }
} as const satisfies { readonly [operation: string]: { readonly command: CommandTag } }

/** The names, each found by itself and by the name of its operation. */
export const recordedOperations = operationNamesOf([
  { ...inventory, ...upkeep },
  catalog,
  auditOperations,
  managedChanges,
  eventOperations,
  webhookOperations,
  importOperations
])
