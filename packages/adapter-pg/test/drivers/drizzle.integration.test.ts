import { sql } from "drizzle-orm"
import { drizzle as drizzleOnPg } from "drizzle-orm/node-postgres"
import { integer, type PgDatabase, type PgQueryResultHKT, pgTable, text } from "drizzle-orm/pg-core"
import { drizzle as drizzleOnPostgresJs } from "drizzle-orm/postgres-js"
import postgres from "postgres"
import { fromDrizzle } from "../../src/transactions.ts"
import { hostPool } from "../transaction/hosts.ts"
import { type HostDriver, hostDriverSuite } from "./hostDriverSuite.ts"

const orders = pgTable("orders", { id: text().primaryKey(), units: integer().notNull() })

const driverOf = <Result extends PgQueryResultHKT>(
  db: PgDatabase<Result>,
  close: () => Promise<void>
): HostDriver => ({
  transaction: (work) =>
    db.transaction((tx) =>
      work({
        host: fromDrizzle(tx, sql),
        insertOrder: (id) => tx.insert(orders).values({ id, units: 1 })
      })
    ),
  outside: fromDrizzle(db, sql),
  [Symbol.asyncDispose]: close
})

hostDriverSuite("Drizzle over pg", (url) => {
  const pool = hostPool({ connectionString: url })
  return driverOf(drizzleOnPg(pool), () => pool.end())
})

hostDriverSuite("Drizzle over postgres.js", (url) => {
  const client = postgres(url)
  return driverOf(drizzleOnPostgresJs(client), () => client.end())
})
