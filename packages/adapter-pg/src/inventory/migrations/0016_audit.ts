/** Who made each change is kept with it, and both logs are sealed. */
import { auditTables } from "../../schema/engineTables.ts"

/** The statements that make the audit log. */
export const audit = (schema: string): ReadonlyArray<string> => auditTables(schema)
