/** A collector that takes whatever it is sent and keeps nothing: a process of its own beside the servers. */
import { createServer } from "node:http"

const server = createServer((request, response) => {
  request.resume()
  request.once("end", () => response.writeHead(200).end())
})
server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  const port = typeof address === "object" ? address?.port : 0
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`)
})
