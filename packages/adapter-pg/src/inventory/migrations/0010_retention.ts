/** Old events and old months of the ledger may be dropped, and a restored log is known by a number. */
import { logRetention } from "../../schema/engineTables.ts"

/** The statements that let the log forget, and count its incarnations. */
export const retention = (schema: string): ReadonlyArray<string> => logRetention(schema)
