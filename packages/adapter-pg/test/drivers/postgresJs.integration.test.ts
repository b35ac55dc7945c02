import postgres from "postgres"
import { fromPostgresJs } from "../../src/transactions.ts"
import { type BegunTransaction, hostDriverSuite } from "./hostDriverSuite.ts"

hostDriverSuite("postgres.js", (url) => {
  const sql = postgres(url)
  return {
    // The answer of `begin` has a type that unwraps lists of promises.
    transaction: <A>(work: (tx: BegunTransaction) => Promise<A>) =>
      sql.begin((tx) =>
        work({
          host: fromPostgresJs(tx),
          insertOrder: (id) => tx`insert into orders ${tx({ id, units: 1 })}`
        })
      ) as Promise<A>,
    outside: fromPostgresJs(sql),
    [Symbol.asyncDispose]: () => sql.end()
  }
})
