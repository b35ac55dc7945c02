/** Events of elsewhere that a consumer has handled in a transaction here, so that each is handled once. */
import { inboxTables } from "../../schema/engineTables.ts"

/** The statements that make the inbox. */
export const inbox = (schema: string): ReadonlyArray<string> => inboxTables(schema)
