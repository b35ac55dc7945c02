/**
 * The order of test files where no earlier run tells how long each takes. By size alone, small files that run
 * a whole contract or many stories would come last, and one worker would wait for the other.
 */
import type { TestSpecification } from "vitest/node"
import { BaseSequencer } from "vitest/node"

/** Files that take long for their size. */
const long =
  /^e2e\/|\/(?:mutations|campaigns)\/|\.(?:contract|prop)\.test\.ts$|\/(?:benchmarks|schemathesis)\.test\.ts$/

/** Those first, and else as vitest would. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    const isLong = ({ moduleId }: TestSpecification) =>
      long.test(moduleId.slice(this.ctx.config.root.length + 1))
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}
