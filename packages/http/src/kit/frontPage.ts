/**
 * The answer at the root address: a page for people, JSON for programs. It says what this server is
 * and links to the documents. The page loads nothing else.
 */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"

const description = "Holdfast: reserve stock, and never oversell."

const links = {
  docs: "/docs",
  openapi: "/openapi.json",
  live: "/health/live",
  ready: "/health/ready"
} as const

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Holdfast</title>
</head>
<body>
<main>
<h1>Holdfast</h1>
<p>This is the REST API of an inventory: it reserves stock, and never oversells.</p>
<ul>
<li><a href="${links.docs}">Documentation</a>: every request, to read and to try.</li>
<li><a href="${links.openapi}">OpenAPI document</a>: the same, for tools.</li>
<li><a href="${links.ready}">Readiness</a>: whether requests can be served now.</li>
<li><a href="${links.live}">Liveness</a>: whether the process answers.</li>
</ul>
</main>
</body>
</html>
`

const headers = { vary: "accept", "cache-control": "no-cache" }

const asPage = HttpServerResponse.text(page, {
  contentType: "text/html; charset=utf-8",
  headers: { ...headers, "content-security-policy": "default-src 'none'" }
})

const asJson = HttpServerResponse.text(JSON.stringify({ name: "Holdfast", description, links }), {
  contentType: "application/json",
  headers
})

/** Whether the request accepts JSON and no page. Browsers ask for pages by name. */
const wantsJson = (accept: string | undefined): boolean =>
  accept !== undefined && /\bjson\b/i.test(accept) && !/\btext\/html\b/i.test(accept)

/** The front page. */
export const layerFrontPage = HttpRouter.add("GET", "/", (request) =>
  Effect.succeed(wantsJson(request.headers["accept"]) ? asJson : asPage)
)
