// A process that starts a PostgreSQL server, prints its URL, and then waits to be killed.
import { startPostgres } from "../src/PostgresServer.ts"

const server = await startPostgres()
console.log(server.url())
await new Promise(() => setInterval(() => undefined, 60_000))
