import knex from "knex"
import { fromKnex } from "../../src/transactions.ts"
import { hostDriverSuite } from "./hostDriverSuite.ts"

hostDriverSuite("Knex", (url) => {
  const db = knex({ client: "pg", connection: url })
  return {
    transaction: (work) =>
      db.transaction((trx) =>
        work({
          host: fromKnex(trx),
          insertOrder: (id) => trx("orders").insert({ id, units: 1 })
        })
      ),
    outside: fromKnex(db),
    [Symbol.asyncDispose]: () => db.destroy()
  }
})
