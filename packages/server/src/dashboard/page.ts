/**
 * The text of the page: one document with its style, its script and uPlot inside, which loads nothing. A
 * browser runs these scripts and no others, and asks this server alone.
 */
import { createHash } from "node:crypto"
import { readDashboardFile, readUPlot } from "../readDashboard.ts"

/** The page, and what a browser may do for it. */
export interface Page {
  readonly html: string
  readonly policy: string
}

const digestOf = (text: string): string =>
  `'sha256-${createHash("sha256").update(text).digest("base64")}'`

const htmlOf = (style: string, scripts: ReadonlyArray<string>) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>Holdfast dashboard</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>Holdfast</h1>
<p id="about"></p>
<p id="state" role="status">Asking the server…</p>
</header>
<main id="groups"></main>
<noscript><p>This page draws its figures with a script. The same figures are at <a
href="/dashboard/figures">/dashboard/figures</a> as JSON, and at <a href="/metrics">/metrics</a>.</p>
</noscript>
${scripts.map((script) => `<script>${script}</script>`).join("\n")}
</body>
</html>
`

/** Reads the page from the files of the package. */
export const readPage = (): Page => {
  const style = `${readUPlot("uPlot.min.css")}\n${readDashboardFile("page.css")}`
  const scripts = [readUPlot("uPlot.iife.min.js"), readDashboardFile("page.js")]
  return {
    html: htmlOf(style, scripts),
    policy: [
      "default-src 'none'",
      `script-src ${scripts.map(digestOf).join(" ")}`,
      `style-src ${digestOf(style)}`,
      "img-src data:",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'"
    ].join("; ")
  }
}
