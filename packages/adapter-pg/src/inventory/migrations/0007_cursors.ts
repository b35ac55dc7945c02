/** Those who follow the log have cursors, and leave out what can never be published. */
import { cursorTables } from "../../schema/engineTables.ts"

/** The statements that make the cursors. */
export const cursors = (schema: string): ReadonlyArray<string> => cursorTables(schema)
