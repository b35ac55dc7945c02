/**
 * The rules of Prometheus: each alert fires on a series made up for it and is quiet on a healthy server, by
 * Prometheus' own tool; each has a paragraph of its own in the runbook; none asks for what no one exports.
 */
import { execFileSync } from "node:child_process"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { describeUnless } from "../../test-servers/src/suites/describeUnless.ts"
import { watcherPath, whyNoWatcher } from "../../test-servers/src/watching/debianPrograms.ts"
import { folder, metricsIn, read, readYaml, rulesOf, unknownIn } from "./observed.ts"

const prometheus = join(folder, "prometheus")
const alerts = rulesOf("alerts.yml")
const recordings = rulesOf("recording.yml")
const files = (of: string, ending: string) =>
  readdirSync(join(prometheus, of))
    .filter((file) => file.endsWith(ending))
    .map((file) => join(prometheus, of, file))

interface Expectation {
  readonly eval_time: string
  readonly expr: string
  readonly exp_samples: ReadonlyArray<{ readonly labels: string }>
}

interface RuleTest {
  readonly name: string
  readonly input_series: ReadonlyArray<{ readonly series: string }>
  readonly promql_expr_test: ReadonlyArray<Expectation>
}

const testsIn = (file: string) =>
  readYaml<{ tests: ReadonlyArray<RuleTest> }>(`prometheus/tests/${file}`).tests

describeUnless(whyNoWatcher("promtool"), "promtool", () => {
  const promtool = (...words: ReadonlyArray<string>): string => {
    try {
      return execFileSync(watcherPath("promtool"), words, { encoding: "utf8", timeout: 60_000 })
    } catch (cause) {
      const { stderr, stdout } = cause as { readonly stdout: string; readonly stderr: string }
      throw new Error(`${stdout}\n${stderr}`)
    }
  }

  it("takes the configuration and the rules", () => {
    expect(promtool("check", "config", join(prometheus, "prometheus.yml"))).toContain("SUCCESS")
    const checked = promtool("check", "rules", ...files("rules", ".yml"))
    expect(checked).toContain(`${alerts.length} rules found`)
  })

  it("sees each alert fire on its series, and none on a healthy server", () => {
    expect(promtool("test", "rules", ...files("tests", ".test.yml"))).toContain("SUCCESS")
  })
})

describeUnless(whyNoWatcher("amtool"), "amtool", () => {
  const file = join(folder, "alertmanager/alertmanager.yml")
  const amtool = (...words: ReadonlyArray<string>) =>
    execFileSync(watcherPath("amtool"), words, { encoding: "utf8", timeout: 60_000 })

  it("takes the configuration of Alertmanager, and sends each alert to whom it is for", () => {
    expect(amtool("check-config", file)).toContain("2 receivers")
    for (const { alert = "", labels } of alerts.filter(({ alert }) => alert !== undefined)) {
      const routed = amtool(
        ...["config", "routes", "test", `--config.file=${file}`],
        ...[`alertname=${alert}`, `severity=${labels?.["severity"] ?? ""}`]
      )
      const receiver = labels?.["severity"] === "critical" ? "on-call" : "board"
      expect([alert, routed.trim()]).toEqual([alert, receiver])
    }
  })
})

describe("the tests of the rules", () => {
  const firing = testsIn("firing.test.yml")
  const quiet = testsIn("quiet.test.yml")

  it("have one for each alert, which is quiet first and then fires alone", () => {
    expect(firing.map(({ name }) => name)).toEqual(alerts.map(({ alert }) => alert))
    for (const { name, promql_expr_test: steps } of firing) {
      expect(steps.map(({ expr }) => expr)).toEqual(Array(2).fill('ALERTS{alertstate="firing"}'))
      const [before, after] = steps.map(({ exp_samples }) => exp_samples)
      expect(before).toEqual([])
      expect(after).toHaveLength(1)
      expect(after?.[0]?.labels).toContain(`alertname="${name}"`)
    }
  })

  it("have a healthy server that shows every metric which an alert asks for", () => {
    const shown = new Set(
      quiet.flatMap(({ input_series }) =>
        input_series.map(({ series }) => series.replace(/\{.*/, ""))
      )
    )
    const expressionOf = new Map(recordings.map(({ expr, record }) => [record, expr]))
    const asked = alerts
      .flatMap(({ expr }) => metricsIn(expr))
      .flatMap((name) => {
        const recorded = expressionOf.get(name)
        return recorded === undefined ? [name] : metricsIn(recorded)
      })
    expect(asked.length).toBeGreaterThan(30)
    expect(asked.filter((name) => !shown.has(name))).toEqual([])
    const steps = quiet.flatMap(({ promql_expr_test }) => promql_expr_test)
    expect(steps.length).toBeGreaterThan(3)
    for (const { exp_samples } of steps) expect(exp_samples).toEqual([])
  })
})

describe("every rule", () => {
  it("asks for documented metrics and for recorded series alone", () => {
    const unknown = [...alerts, ...recordings].flatMap(({ alert, expr, record }) =>
      unknownIn(expr).map((name) => `${alert ?? record}: ${name}`)
    )
    expect(unknown).toEqual([])
  })

  it.each(alerts.map(({ alert, annotations, labels }) => ({ alert, annotations, labels })))(
    "$alert has a severity, words for people, and a paragraph in the runbook",
    ({ alert = "", annotations, labels }) => {
      expect(["critical", "warning", "info"]).toContain(labels?.["severity"])
      expect(annotations?.["summary"]).toMatch(/^[A-Z]/)
      expect(annotations?.["description"]).toMatch(/\.$/)
      const page = "docs/operations/RUNBOOK.md"
      expect(annotations?.["runbook"]).toBe(`${page}#${alert.toLowerCase()}`)
      const [, section = ""] = read(page).split(`### ${alert}\n`)
      expect(section.split("\n#")[0]?.trim().length).toBeGreaterThan(80)
    }
  )

  it("has nothing in the runbook for alerts that are not there", () => {
    const named = [...read("docs/operations/RUNBOOK.md").matchAll(/^### (\w+)$/gm)]
    expect(new Set(named.map(([, name]) => name))).toEqual(
      new Set(alerts.map(({ alert }) => alert))
    )
  })
})

describe("the names in an expression", () => {
  it("are those of metrics, and none of labels, functions or words", () => {
    expect(
      metricsIn(
        'sum by (le, route) (rate(a_bucket{status=~"5..", x="b{c"}[5m])) / on(le) group_left(y) d:e > bool 0.5 and f offset 1h or vector(0)'
      )
    ).toEqual(["a_bucket", "d:e", "f"])
  })

  it("are missed by nothing that is made up", () => {
    expect(unknownIn("rate(holdfast_nothing_of_the_kind_total[5m])")).toEqual([
      "holdfast_nothing_of_the_kind_total"
    ])
    expect(unknownIn("holdfast:nothing:rate5m")).toEqual(["holdfast:nothing:rate5m"])
  })
})
