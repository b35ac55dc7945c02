/** Looks at a database as it is, and at the tables of the inventory. */
import {
  type ContextDiagnosis,
  type DatabaseDiagnosis,
  type Diagnosed,
  diagnoseDatabase
} from "../schema/diagnose.ts"
import { inventoryTables, schemaDefault } from "./inventoryTables.ts"
import { diagnoseDefaults } from "./statements/read/diagnoseDefaults.ts"
import { diagnoseHolds } from "./statements/read/diagnoseHolds.ts"

/** What the tables of the inventory are like. */
export interface TableDiagnosis extends Omit<ContextDiagnosis, "defaultEvents"> {
  /** Rows in the DEFAULT partitions; 10,000 means at least as many. */
  readonly defaultRows: { readonly stockMovements: number; readonly events: number }
  /** Holds that lapsed more than a minute ago and are still pending; at most 10,000. */
  readonly unsweptHolds: number
}

/** What a database is like, and the inventory in it. */
export interface Diagnosis extends DatabaseDiagnosis<TableDiagnosis> {}

const diagnosed: Diagnosed<TableDiagnosis> = {
  tables: inventoryTables,
  queriesOf: (schema, countMax) => [
    diagnoseDefaults(schema, countMax),
    diagnoseHolds(schema, countMax)
  ],
  read: ({ defaultEvents, ...about }, results) => {
    const [defaults] = results[0] ?? []
    const [holds] = results[1] ?? []
    return {
      ...about,
      defaultRows: {
        stockMovements: (defaults?.["stock_movements"] as number | undefined) ?? 0,
        events: defaultEvents
      },
      unsweptHolds: (holds?.["unswept"] as number | undefined) ?? 0
    }
  }
}

/** Looks at the database and the tables of a schema (`inventory`). Fails when it is unreachable. */
export const diagnose = (schema: string = schemaDefault) => diagnoseDatabase(diagnosed, schema)
