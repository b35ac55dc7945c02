/** Receivers over HTTP are told of events, and what became of each event is kept. */
import { webhookTables } from "../../schema/engineTables.ts"

/** The statements that make the webhooks. */
export const webhooks = (schema: string): ReadonlyArray<string> => webhookTables(schema)
