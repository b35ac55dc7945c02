import { expect, it } from "vitest"
import { serverForTests } from "../server.ts"

const { call, sku } = serverForTests()

it("refuses a wish about how old answers may be that is not known", async () => {
  const path = `/api/inventory/${await sku(3)}`
  const wished = (value: string) => call("GET", path, { headers: { "holdfast-read": value } })
  expect((await wished("current")).status).toBe(200)
  const refused = await wished("yesterday")
  expect(refused.status).toBe(400)
  expect(refused.json.issues).toEqual([
    { path: "holdfast-read", message: "must be current, or left out" }
  ])
})
