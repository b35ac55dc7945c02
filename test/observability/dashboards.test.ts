/** The dashboards of Grafana use metrics that exist, and are laid out as Grafana expects them. */
import { expect, it } from "vitest"
import { dashboards, type GrafanaDashboard, readYaml, unknownIn } from "./observed.ts"

const all = dashboards()
const panelsOf = ({ panels }: GrafanaDashboard) =>
  panels.flatMap((panel) => [panel, ...(panel.panels ?? [])])

it("there are three: Operations, Inventory and Events", () => {
  expect(all.map(([, { title }]) => title).sort()).toEqual([
    "Holdfast: Events",
    "Holdfast: Inventory",
    "Holdfast: Operations"
  ])
  expect(new Set(all.map(([, { uid }]) => uid)).size).toBe(all.length)
})

it.each(all)("%s asks for documented metrics and for recorded series alone", (_file, dashboard) => {
  const expressions = panelsOf(dashboard).flatMap(({ targets = [], title }) =>
    targets.map(({ expr = "" }) => ({ title, expr }))
  )
  expect(expressions.length).toBeGreaterThan(8)
  for (const { expr } of expressions) expect(expr).not.toBe("")
  expect(
    expressions.flatMap(({ expr, title }) => unknownIn(expr).map((name) => `${title}: ${name}`))
  ).toEqual([])
})

it.each(all)("%s has panels with ids of their own, which do not overlap", (_file, dashboard) => {
  expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36)
  const panels = panelsOf(dashboard)
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  const taken = new Map<string, string>()
  for (const { gridPos, title } of panels) {
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        expect(`${taken.get(`${x}:${y}`) ?? ""}`, `${title} at ${x}:${y}`).toBe("")
        taken.set(`${x}:${y}`, title)
      }
    }
  }
})

it("Grafana is given the source of data that the panels name", () => {
  const { datasources } = readYaml<{ datasources: ReadonlyArray<{ uid: string }> }>(
    "grafana/provisioning/datasources/datasources.yaml"
  )
  const given = new Set(datasources.map(({ uid }) => uid))
  for (const [, dashboard] of all) {
    const wanted = JSON.stringify(dashboard).match(/"uid":"holdfast-prometheus"/g)
    expect(wanted?.length).toBeGreaterThan(8)
  }
  expect(given.has("holdfast-prometheus")).toBe(true)
})
