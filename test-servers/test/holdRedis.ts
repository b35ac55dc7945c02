// A process that starts a Redis server, prints its port, and waits to be killed.
import { startRedis } from "../src/redis/RedisServer.ts"

const server = await startRedis()
console.log(server.port)
await new Promise(() => setInterval(() => undefined, 60_000))
