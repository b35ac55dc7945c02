/**
 * The page in a real browser, over an hour of samples: what it says, that it loads nothing from
 * elsewhere, and that people can read it in light and dark, on a narrow telephone and with a screen reader.
 */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { whyNoProgram } from "@holdfast/test-servers"
import { describeUnless } from "@holdfast/test-servers/describeUnless"
import * as Effect from "effect/Effect"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import type { AnswerDashboard } from "../../src/dashboard/Dashboard.ts"
import { hourOfFigures } from "./hourOfFigures.ts"
import { hindrances, openBrowser, type Shown } from "./openBrowser.ts"

const missed = {
  title: "SKUs most missed",
  counted: "Units missing",
  read: Effect.succeed([
    { name: "mug-blue", count: 41 },
    { name: "<b>tray</b>-with-a-rather-long-name-that-has-to-be-broken-somewhere", count: 7 }
  ])
}
const wanted = { title: "Products most wanted", counted: "Views", read: Effect.fail("away") }

const serving = async (answer: () => AnswerDashboard | undefined) => {
  const server = createServer((request, response) => {
    const found = answer()?.(request.url ?? "")
    if (answer() === undefined) request.socket.destroy()
    else response.writeHead(found?.status ?? 404, found?.headers).end(found?.body ?? "")
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/dashboard`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}

describeUnless(whyNoProgram("chromium"), "the dashboard in a browser", () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())

  const showing = async (url: string, { colorScheme, width }: Shown) => {
    const viewport = { width, height: 800 }
    const context = await browser.newContext({ colorScheme, viewport, locale: "en" })
    const page = await context.newPage()
    const asked: Array<string> = []
    const wrong: Array<string> = []
    page.on("request", (request) => asked.push(request.url()))
    page.on("pageerror", (error) => wrong.push(String(error)))
    page.on("console", (message) => {
      if (message.type() === "error") wrong.push(message.text())
    })
    await page.goto(url)
    return { page, asked, wrong, [Symbol.asyncDispose]: () => context.close() }
  }

  const drawn = (page: Page, title: string) =>
    page.locator("section.card", { has: page.getByRole("heading", { name: title, exact: true }) })

  it.each<Shown>([
    { colorScheme: "light", width: 1280 },
    { colorScheme: "dark", width: 1280 },
    { colorScheme: "light", width: 360 },
    { colorScheme: "dark", width: 360 }
  ])("is readable in $colorScheme at $width px", async (shown) => {
    const answer = await hourOfFigures({ lists: [missed, wanted] })
    await using served = await serving(() => answer)
    await using opened = await showing(served.url, shown)
    const { asked, page, wrong } = opened
    await page.getByRole("status").getByText("Nothing needs attention.").waitFor()
    expect(await drawn(page, "Requests").locator(".value").textContent()).toMatch(
      /^\d+(\.\d+)? \/s$/
    )
    expect(await drawn(page, "SKUs sold out").locator(".value").textContent()).toBe("7")
    expect(await drawn(page, "Levels that agree with the ledger").textContent()).toContain("100 %")
    const line = drawn(page, "SKUs sold out").getByRole("img")
    expect(await line.getAttribute("aria-label")).toBe(
      "SKUs sold out: now 7, 0 to 7 in the last hour"
    )
    expect(await line.locator("canvas").count()).toBe(1)
    expect(await drawn(page, "Commands refused").isVisible()).toBe(true)
    expect(await drawn(page, "Limits hit").isVisible()).toBe(false)
    expect(await page.getByText("Without a value: Limits hit · ").isVisible()).toBe(true)
    expect(await drawn(page, "SKUs most missed").locator("td").allTextContents()).toEqual([
      ...["mug-blue", "41", "<b>tray</b>-with-a-rather-long-name-that-has-to-be-broken-somewhere"],
      "7"
    ])
    expect(await drawn(page, "Products most wanted").textContent()).toContain("Not known yet")
    // Nothing is wider than the window.
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(shown.width)
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe(
      shown.colorScheme === "dark" ? "rgb(16, 19, 23)" : "rgb(245, 246, 248)"
    )
    expect(await hindrances(page)).toEqual([])
    expect(wrong).toEqual([])
    expect(asked.filter((url) => !url.startsWith(served.url) && !url.startsWith("data:"))).toEqual(
      []
    )
    const shot = process.env["HOLDFAST_SCREENSHOTS"]
    if (shot !== undefined) {
      const path = `${shot}/dashboard-${shown.colorScheme}-${shown.width}.png`
      await page.screenshot({ path, fullPage: true })
    }
  })

  it("says in words what needs attention, and marks it", async () => {
    const answer = await hourOfFigures({ drift: 3, samples: 3 })
    await using served = await serving(() => answer)
    await using opened = await showing(served.url, { colorScheme: "dark", width: 1280 })
    const { page } = opened
    await page
      .getByRole("status")
      .getByText("Needs attention: Levels that agree with the ledger, Units of drift.")
      .waitFor()
    expect(await drawn(page, "Units of drift").getAttribute("class")).toBe("card alarm")
    expect(await drawn(page, "Requests").getAttribute("class")).toBe("card")
    expect(await hindrances(page)).toEqual([])
  })

  it("says when the server does not answer, and begins again with another", async () => {
    let answer: AnswerDashboard | undefined = await hourOfFigures({ samples: 10 })
    await using served = await serving(() => answer)
    await using opened = await showing(served.url, { colorScheme: "light", width: 800 })
    const status = opened.page.getByRole("status")
    await status.getByText("Nothing needs attention.").waitFor()
    answer = undefined
    await status.getByText("The server does not answer").waitFor()
    answer = await hourOfFigures({ samples: 1_000, drift: 1 })
    await status.getByText("Needs attention").waitFor()
  })
})
