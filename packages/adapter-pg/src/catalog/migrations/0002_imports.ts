/** Imports of files: how far each is, and which of its rows were bad. */
import { importTables } from "../../schema/engineTables.ts"

/** The statements that make the tables of imports. */
export const imports = (schema: string): ReadonlyArray<string> => importTables(schema)
