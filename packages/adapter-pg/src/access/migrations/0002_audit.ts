/** Who made and revoked keys is kept with them, and sealed. */
import { auditBlocks, auditTables, changeRefusal, prunedAudit } from "../../schema/engineTables.ts"

/** The statements that make the audit log of access. It has no log of events. */
export const audit = (schema: string): ReadonlyArray<string> => [
  changeRefusal(schema),
  ...auditTables(schema),
  ...auditBlocks(schema),
  ...prunedAudit(schema)
]
