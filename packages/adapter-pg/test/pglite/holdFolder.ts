// A process that opens an embedded database, writes a row, says so, and then holds the folder until it is killed.
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import { layerPglite } from "../../src/pglite/Pglite.ts"

const folder = process.argv[2] ?? ""

const program = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  yield* sql`create table if not exists kept (id int8 primary key)`
  yield* sql`insert into kept values (1), (2), (3)`
  console.log("holding")
  yield* Effect.never
}).pipe(Effect.provide(layerPglite({ folder })))

Effect.runPromise(program).catch((error) => {
  console.log(`refused: ${error.reason}: ${error.message}`)
  process.exit(1)
})
