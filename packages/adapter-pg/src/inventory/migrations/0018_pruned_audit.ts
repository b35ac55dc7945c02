/** Old records of the audit log, and old seals, may be dropped up to an anchor; a batch draws one position for many. */
import { auditBlocks, prunedAudit } from "../../schema/engineTables.ts"

/** The statements that make the anchors, and change how positions are drawn. */
export const prunedAuditLog = (schema: string): ReadonlyArray<string> => [
  ...auditBlocks(schema),
  ...prunedAudit(schema)
]
