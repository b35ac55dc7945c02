/** Guests of a server in a process of its own: with --guests and not without, and never in its log. */
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it, vi } from "vitest"
import { send } from "../requests.ts"
import { holdfast, startServer } from "../ServerProcess.ts"
import {
  audienceName,
  claimsWith,
  issuerName,
  keySetOf,
  makeKey,
  tokenOf
} from "./tokens/issuer.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const key = makeKey("ES256")
const bearer = (sub: string, role: string) => ({
  authorization: `Bearer ${tokenOf(key, claimsWith({ sub, roles: [role] }))}`
})

let folder: string
let auth: ReadonlyArray<string>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-guests-"))
  const file = join(folder, "keys.json")
  await writeFile(file, keySetOf([key]))
  auth = [
    ...["--memory", "--auth", "jwt", "--jwt-issuer", issuerName],
    ...["--jwt-audience", audienceName, "--jwks-file", file]
  ]
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it("a guest holds stock with a cart, and a person with a token claims the order", async () => {
  await using server = await startServer([...auth, "--guests", "--limit-carts", "2/m"], {
    cwd: folder
  })
  const { url } = server
  const sku = { skuId: "mug", code: "MUG", name: "Mug", initialStock: 5 }
  expect((await send(url, "POST", "/api/skus", sku, bearer("boss", "MANAGER"))).status).toBe(201)
  const { body, status } = await send(url, "POST", "/api/carts")
  expect(status).toBe(201)
  const cart = { "holdfast-cart": body.cartToken }
  const line = { skuId: "mug", quantity: 2, orderId: "order-1" }
  const held = await send(url, "POST", "/api/inventory/reservations", line, cart)
  expect([held.status, held.body.ownerId]).toEqual([201, expect.stringMatching(/^cart:/)])
  const others = { "holdfast-cart": `${body.cartToken.slice(0, -4)}AAAA` }
  const path = "/api/inventory/orders/order-1/reservations"
  expect((await send(url, "GET", path, undefined, others)).status).toBe(404)
  expect((await send(url, "GET", path, undefined, { "holdfast-cart": "hfc_x" })).status).toBe(401)
  expect((await send(url, "POST", "/api/carts")).status).toBe(429)
  const ann = bearer("ann", "USER")
  const claimed = await send(url, "POST", "/api/orders/order-1/claim", undefined, {
    ...ann,
    ...cart
  })
  expect([claimed.status, claimed.body.reservations[0].ownerId]).toEqual([200, "ann"])
  expect((await send(url, "GET", path, undefined, cart)).status).toBe(404)
  expect((await send(url, "GET", path, undefined, ann)).status).toBe(200)
  expect(server.log()).not.toContain(body.cartToken.slice(4))
})

it("there are no guests without --guests, and --guests needs --auth", async () => {
  await using server = await startServer(auth, { cwd: folder })
  expect((await send(server.url, "POST", "/api/carts")).status).toBe(403)
  const { code, stderr } = await holdfast(["serve", "--memory", "--port", "0", "--guests"], {
    cwd: folder
  })
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining("--guests needs --auth")
  })
})
