/** Files over HTTP: taken as a job, asked after, with bad rows as a file, and across a restart. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it, vi } from "vitest"
import { eventually } from "../eventually.ts"
import { type Answer, get } from "../requests.ts"
import { startServer } from "../ServerProcess.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 240_000 })

const bring = async (
  url: string,
  path: string,
  body: string,
  type = "text/csv"
): Promise<Answer> => {
  const response = await fetch(`${url}/api/imports/${path}`, {
    method: "POST",
    headers: { "content-type": type },
    body
  })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

/** Waits until an import has ended, however it did. */
const ended = (url: string, importId: string) =>
  eventually(async () => {
    const { body } = await get(url, `/api/imports/${importId}`)
    return body.status === "RUNNING" ? undefined : body
  })

const skus = (count: number) =>
  `code,name,initialStock\n${Array.from({ length: count }, (_, n) => `C-${n},SKU ${n},1\n`).join("")}`

it("takes a file, says what became of it, and goes on with it after a restart", async () => {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-imports-"))
  try {
    const file = skus(20_000)
    let importId = ""
    {
      await using server = await startServer(["--folder", join(folder, "db")])
      const { url } = server
      const small = await bring(url, "skus?source=small.csv", "code,name\nA,Mug\n=B,\n")
      expect(small).toMatchObject({ status: 202, body: { kind: "skus", source: "small.csv" } })
      expect(small.headers.get("location")).toBe(`/api/imports/${small.body.importId}`)
      expect(await ended(url, small.body.importId)).toMatchObject({
        ...{ status: "FINISHED", records: 2, created: 1, failed: 1, problem: null }
      })
      const errors = await fetch(`${url}/api/imports/${small.body.importId}/errors`)
      expect(errors.headers.get("content-type")).toBe("text/csv; charset=utf-8")
      expect(await errors.text()).toBe(
        "record,line,columnNumber,column,code,message\r\n" +
          "2,3,2,name,InvalidInput,is required for a new SKU\r\n"
      )
      const unknown = await bring(url, "stock", "code,colour\nA,red\n")
      expect(await ended(url, unknown.body.importId)).toMatchObject({
        status: "STOPPED",
        problem: expect.stringContaining('columns that are not known: "colour"')
      })
      const wide = await bring(url, "skus", "c\u0000o\u0000d\u0000e\u0000\n")
      expect(await ended(url, wide.body.importId)).toMatchObject({
        status: "STOPPED",
        problem: "the first row is no text in UTF-8; save the file as CSV in UTF-8"
      })
      const lines = '{"code":"B","na\\u0000me":"x"}\n{"code":"C","name":"Cup"}\n'
      const odd = await bring(url, "skus", lines, "application/x-ndjson")
      expect(await ended(url, odd.body.importId)).toMatchObject({
        ...{ status: "FINISHED", created: 1, failed: 1 }
      })
      const [once, twice] = await Promise.all([
        bring(url, "skus", "code,name\nD,Dish\n"),
        bring(url, "skus", "code,name\nD,Dish\n")
      ])
      expect(once.body.importId).toBe(twice.body.importId)
      expect(await bring(url, "skus", "{}", "application/json")).toMatchObject({
        status: 415,
        body: { detail: expect.stringContaining("content-type: text/csv, application/x-ndjson") }
      })
      expect(await bring(url, "cats", "a")).toMatchObject({
        ...{ status: 400, body: { issues: [{ path: "kind" }] } }
      })
      expect(await bring(url, "products?preset=shopify", "a")).toMatchObject({
        ...{ status: 400, body: { issues: [{ path: "currency" }] } }
      })
      expect(await get(url, "/api/imports/00000000-0000-4000-8000-000000000000")).toMatchObject({
        ...{ status: 404, body: { type: "urn:holdfast:problem:import-not-found" } }
      })
      importId = (await bring(url, "skus", file)).body.importId
      await eventually(async () => {
        const { body } = await get(url, `/api/imports/${importId}`)
        return body.records > 0 ? body : undefined
      })
      await server.stop()
    }
    await using server = await startServer(["--folder", join(folder, "db")])
    const { url } = server
    const stopped = (await get(url, `/api/imports/${importId}`)).body
    expect(stopped).toMatchObject({ status: "STOPPED", problem: "the process was asked to stop" })
    expect(stopped.records).toBeLessThan(20_000)
    expect(await bring(url, "skus", file)).toMatchObject({ status: 202, body: { importId } })
    const done = await ended(url, importId)
    expect(done).toMatchObject({ status: "FINISHED", records: 20_000, failed: 0, problem: null })
    expect(await bring(url, "skus", file)).toMatchObject({ body: { importId, status: "FINISHED" } })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
