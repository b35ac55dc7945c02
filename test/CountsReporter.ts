/**
 * Ends every run with one line, `N passed, N failed, N skipped`, after everything else has been
 * printed. A skipped test is named with its reason and never counts as passed; a test that did not
 * run because its setup failed, and an error outside of any test, count as failed.
 */
import { writeSync } from "node:fs"
import type { SerializedError } from "vitest"
import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node"

interface Counts {
  passed: number
  failed: number
  readonly skipped: Array<string>
}

const setupFailed = (parent: TestModule | TestSuite): boolean =>
  parent.errors().length > 0 || (parent.type === "suite" && setupFailed(parent.parent))

const nameOf = (test: TestCase) => `${test.module.relativeModuleId} > ${test.fullName}`

const count = (modules: ReadonlyArray<TestModule>, strayErrors: number): Counts => {
  const counts: Counts = { passed: 0, failed: strayErrors, skipped: [] }
  for (const module of modules) {
    counts.failed += module.errors().length
    for (const suite of module.children.allSuites()) counts.failed += suite.errors().length
    for (const test of module.children.allTests()) {
      const result = test.result()
      if (result.state === "passed") counts.passed += 1
      else if (result.state === "skipped" && !setupFailed(test.parent))
        counts.skipped.push(`${nameOf(test)}: ${result.note ?? "no reason given"}`)
      else counts.failed += 1
    }
  }
  return counts
}

/** The reporter of the last line; it stands beside the one that prints the tests. */
export class CountsReporter implements Reporter {
  // What is reported of a run that never came to its end.
  private counts: Counts = { passed: 0, failed: 1, skipped: [] }

  onInit(): void {
    process.once("exit", () => {
      const { failed, passed, skipped } = this.counts
      const reasons = skipped.map((it) => `SKIPPED ${it}\n`).join("")
      writeSync(1, `\n${reasons}${passed} passed, ${failed} failed, ${skipped.length} skipped\n`)
    })
  }

  onTestRunEnd(
    modules: ReadonlyArray<TestModule>,
    strayErrors: ReadonlyArray<SerializedError>
  ): void {
    this.counts = count(modules, modules.length === 0 ? 1 : strayErrors.length)
  }
}
