/** The dashboard of a real server: its figures are those of the requests that it answers. */
import { expect, it, vi } from "vitest"
import { eventually } from "../eventually.ts"
import { type ServerLine, startServer } from "../ServerProcess.ts"

vi.setConfig({ testTimeout: 90_000 })

interface Figures {
  readonly version: string
  readonly figures: ReadonlyArray<{ readonly id: string }>
  readonly samples: ReadonlyArray<ReadonlyArray<number | null>>
}

interface Lists {
  readonly lists: ReadonlyArray<{ readonly title: string; readonly rows: unknown }>
}

it("shows what the server does, on the metrics port and on no other", async () => {
  await using server = await startServer(["--memory", "--demo", "--metrics-port", "0"])
  const { metrics } = server as ServerLine as ServerLine & { readonly metrics: string }
  const dashboard = metrics.replace("/metrics", "/dashboard")
  const page = await fetch(dashboard)
  expect(page.status).toBe(200)
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8")
  expect(await page.text()).toContain("<title>Holdfast dashboard</title>")
  expect((await fetch(`${server.url}/dashboard`)).status).toBe(404)

  const requests = await eventually(async () => {
    await fetch(`${server.url}/api/inventory/skus`)
    const answer = await fetch(`${dashboard}/figures`)
    expect(answer.headers.get("content-type")).toBe("application/json")
    const { figures, samples } = (await answer.json()) as Figures
    const at = 1 + figures.findIndex(({ id }) => id === "requests")
    return samples.map((sample) => sample[at]).find((value) => (value ?? 0) > 0) ?? undefined
  })
  expect(requests).toBeGreaterThan(0)

  const lists = await eventually(async () => {
    const { lists } = (await (await fetch(`${dashboard}/figures`)).json()) as Lists
    return lists.length === 2 && lists.every(({ rows }) => rows !== null) ? lists : undefined
  })
  expect(lists.map(({ title }) => title)).toEqual([
    "SKUs most missed in 7 days",
    "Products most viewed in 7 days"
  ])

  const refused = await fetch(`${dashboard}/figures?after=yesterday`)
  expect(refused.status).toBe(400)
  expect(await refused.text()).toContain("after must be the time of a sample")
})
