/** Every migration, in order. A migration that has landed is never changed: a new one is added. */
import { inventory } from "./0001_inventory.ts"

/** One step of the schema, as text for a schema name. */
export interface Migration {
  readonly id: number
  readonly name: string
  readonly sql: (schema: string) => string
}

/** The migrations of the inventory. */
export const migrations: ReadonlyArray<Migration> = [{ id: 1, name: "inventory", sql: inventory }]
