/** Old records of the audit log, and old seals, may be dropped up to an anchor. */
import { prunedAudit } from "../../schema/engineTables.ts"

/** The statements that make the anchors. */
export const prunedAuditLog = (schema: string): ReadonlyArray<string> => prunedAudit(schema)
