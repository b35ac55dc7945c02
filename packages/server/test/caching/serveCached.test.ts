/** `holdfast serve --cache memory`: a hit, a miss, and that a change is seen. */
import { brotliDecompressSync } from "node:zlib"
import { expect, it, vi } from "vitest"
import { startServer } from "../ServerProcess.ts"

vi.setConfig({ testTimeout: 120_000 })

const product = "/api/products/00000000-0000-4000-8000-000004000000"

it("answers from the cache until something changes", async () => {
  await using server = await startServer([
    ...["--memory", "--demo", "--auth", "none"],
    ...["--cache", "memory", "--cache-stock", "10s"]
  ])
  const read = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${server.url}${path}`, { headers })
    return { cache: answer.headers.get("x-holdfast-cache"), body: await answer.text(), answer }
  }
  await vi.waitFor(async () => expect((await read(product)).cache).toBe("hit"), 20_000)
  const patched = await fetch(`${server.url}${product}`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "Warm hands" })
  })
  const version = patched.headers.get("x-holdfast-version") ?? ""
  expect(version).toMatch(/^product:00000000-0000-4000-8000-000004000000=\d+$/)
  expect((await read(product, { "if-min-version": version })).body).toContain("Warm hands")
  await vi.waitFor(async () => {
    const seen = await read(product)
    expect([seen.cache, seen.body.includes("Warm hands")]).toEqual(["hit", true])
  }, 20_000)
  // Node's own client takes the encoding off; a bare one shows the bytes.
  const { request } = await import("node:http")
  const bytes = await new Promise<Buffer>((resolve) => {
    request(`${server.url}${product}`, { headers: { "accept-encoding": "gzip, br" } }, (answer) => {
      expect(answer.headers["content-encoding"]).toBe("br")
      const chunks: Array<Buffer> = []
      answer.on("data", (chunk) => chunks.push(chunk))
      answer.on("end", () => resolve(Buffer.concat(chunks)))
    }).end()
  })
  expect(JSON.parse(brotliDecompressSync(bytes).toString("utf8")).product.name).toBe("Warm hands")
})
