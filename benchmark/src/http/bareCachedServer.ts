/** The yardstick of cached pages: `node:http` that answers with what one GET of ioredis gives for the path. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { Redis } from "ioredis"

const redis = new Redis(Number(process.argv[2]), "127.0.0.1")

const server = createServer(async (request, response) => {
  const page = await redis.getBuffer(request.url ?? "")
  if (page === null) return response.writeHead(404).end()
  response.writeHead(200, { "content-type": "application/json", "content-length": page.length })
  return response.end(page)
})

server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`)
})
