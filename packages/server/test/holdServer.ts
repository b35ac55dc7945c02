/** A process that starts a server as tests do, prints its address, and then waits to be ended. */
import { startServer } from "./ServerProcess.ts"

const { url } = await startServer(["--memory"])
console.log(url)
await new Promise(() => setInterval(() => undefined, 60_000))
