/** The yardstick of the HTTP door: `node:http` that reads the same JSON and answers the same. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

const server = createServer((request, response) => {
  const chunks: Array<Buffer> = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    const { orderId, quantity, skuId } = JSON.parse(Buffer.concat(chunks).toString("utf8"))
    const answer = JSON.stringify({
      id: "019ab0a2-7d5e-7000-8000-000000000000",
      orderId,
      lineId: null,
      skuId,
      locationId: "default",
      quantity,
      fulfilledQuantity: 0,
      status: "PENDING",
      expiresAt: "2026-11-22T19:45:00.000Z",
      createdAt: "2026-11-22T19:30:00.000Z",
      resolvedAt: null,
      replaces: null
    })
    const length = Buffer.byteLength(answer)
    response.writeHead(201, { "content-type": "application/json", "content-length": length })
    response.end(answer)
  })
})

server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`)
})
