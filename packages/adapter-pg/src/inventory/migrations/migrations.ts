/** Every migration, in order. A migration that has landed is never changed: a new one is added. */
import type { Migration } from "../../schema/ContextTables.ts"
import { inventory } from "./0001_inventory.ts"
import { promiseLimits } from "./0002_promise_limits.ts"
import { orderMarks } from "./0003_order_marks.ts"
import { receipts } from "./0004_receipts.ts"
import { reads } from "./0005_reads.ts"
import { leanWrites } from "./0006_lean_writes.ts"
import { cursors } from "./0007_cursors.ts"
import { placedOrders } from "./0008_placed_orders.ts"
import { inbox } from "./0009_inbox.ts"
import { retention } from "./0010_retention.ts"
import { webhooks } from "./0011_webhooks.ts"
import { bundles } from "./0012_bundles.ts"
import { imports } from "./0013_imports.ts"
import { references } from "./0014_references.ts"
import { owners } from "./0015_owners.ts"
import { audit } from "./0016_audit.ts"
import { customers } from "./0017_customers.ts"
import { prunedAuditLog } from "./0018_pruned_audit.ts"
import { figures } from "./0019_figures.ts"
import { servers } from "./0020_servers.ts"
import { fixedMarks } from "./0022_fixed_marks.ts"

/** The migrations of the inventory. */
export const migrations: ReadonlyArray<Migration> = [
  { id: 1, name: "inventory", statements: inventory },
  { id: 2, name: "promise_limits", statements: promiseLimits },
  { id: 3, name: "order_marks", statements: orderMarks },
  { id: 4, name: "receipts", statements: receipts },
  { id: 5, name: "reads", statements: reads },
  { id: 6, name: "lean_writes", statements: leanWrites },
  { id: 7, name: "cursors", statements: cursors },
  { id: 8, name: "placed_orders", statements: placedOrders },
  { id: 9, name: "inbox", statements: inbox },
  { id: 10, name: "retention", statements: retention },
  { id: 11, name: "webhooks", statements: webhooks },
  { id: 12, name: "bundles", statements: bundles },
  { id: 13, name: "imports", statements: imports },
  { id: 14, name: "references", statements: references },
  { id: 15, name: "owners", statements: owners },
  { id: 16, name: "audit", statements: audit },
  { id: 17, name: "customers", statements: customers },
  { id: 18, name: "pruned_audit", statements: prunedAuditLog },
  { id: 19, name: "figures", statements: figures },
  { id: 20, name: "servers", statements: servers, worksFrom: 19 },
  { id: 22, name: "fixed_marks", statements: fixedMarks, worksFrom: 19 }
]
