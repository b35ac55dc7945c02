import { fromPg } from "../../src/transactions.ts"
import { hostPool, inTransaction } from "../transaction/hosts.ts"
import { hostDriverSuite } from "./hostDriverSuite.ts"

hostDriverSuite("pg", (url) => {
  const pool = hostPool({ connectionString: url })
  return {
    transaction: (work) =>
      inTransaction(pool, (client) =>
        work({
          host: fromPg(client),
          insertOrder: (id) => client.query("insert into orders (id, units) values ($1, 1)", [id])
        })
      ),
    outside: fromPg(pool),
    [Symbol.asyncDispose]: () => pool.end()
  }
})
