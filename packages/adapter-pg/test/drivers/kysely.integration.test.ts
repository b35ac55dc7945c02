import { CamelCasePlugin, CompiledQuery, Kysely, PostgresDialect } from "kysely"
import { fromKysely } from "../../src/transactions.ts"
import { hostPool } from "../transaction/hosts.ts"
import { hostDriverSuite } from "./hostDriverSuite.ts"

interface Tables {
  readonly orders: { readonly id: string; readonly units: number }
}

// The plugin would rename the columns of the engine's rows.
hostDriverSuite("Kysely, with a plugin", (url) => {
  const dialect = new PostgresDialect({ pool: hostPool({ connectionString: url }) })
  const db = new Kysely<Tables>({ dialect, plugins: [new CamelCasePlugin()] })
  return {
    transaction: (work) =>
      db.transaction().execute((trx) =>
        work({
          host: fromKysely(trx, CompiledQuery),
          insertOrder: (id) => trx.insertInto("orders").values({ id, units: 1 }).execute()
        })
      ),
    outside: fromKysely(db, CompiledQuery),
    [Symbol.asyncDispose]: () => db.destroy()
  }
})
