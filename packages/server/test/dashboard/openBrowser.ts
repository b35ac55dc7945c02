/** A real browser on this machine, which shows a page as a person would see it. */
import { pathOf } from "@holdfast/test-servers"
import axe from "axe-core"
import { type Browser, chromium, type Page } from "playwright-core"

/** How a page is shown. */
export interface Shown {
  readonly width: number
  readonly colorScheme: "dark" | "light"
}

/** Starts the browser. A process of root has no sandbox to run it in. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: pathOf("chromium"),
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : []
  })

/** What axe finds that hinders people, each with where it is; nothing where all is well. */
export const hindrances = async (page: Page): Promise<ReadonlyArray<string>> => {
  // The policy of the page refuses scripts of others, and this one comes over the inspector.
  await page.evaluate(axe.source)
  const found = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run({
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    })
  )
  return found.violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ html }) => `${id} (${impact}): ${html}`)
  )
}
