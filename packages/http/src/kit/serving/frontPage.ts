/**
 * The answer at the root address: a page for people, JSON for programs. It says what this server is
 * and links to the documents. The page loads nothing else.
 */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { HttpSettings } from "../HttpOptions.ts"

const description = "Holdfast: reserve stock, and never oversell."

const linksUnder = (basePath: string) => ({
  docs: `${basePath}/docs`,
  openapi: `${basePath}/openapi.json`,
  asyncapi: `${basePath}/asyncapi.json`,
  events: `${basePath}/api/events`,
  live: `${basePath}/health/live`,
  ready: `${basePath}/health/ready`
})

type Links = ReturnType<typeof linksUnder>

const pageOf = (links: Links) => `<!doctype html>
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
<li><a href="${links.asyncapi}">AsyncAPI document</a>: the events, for tools.</li>
<li><a href="${links.events}">Events</a>: what happened, also as a stream at
<code>${links.events}/stream</code>.</li>
<li><a href="${links.ready}">Readiness</a>: whether requests can be served now.</li>
<li><a href="${links.live}">Liveness</a>: whether the process answers.</li>
</ul>
</main>
</body>
</html>
`

const headers = { vary: "accept", "cache-control": "no-cache" }

const asPage = (links: Links) =>
  HttpServerResponse.text(pageOf(links), {
    contentType: "text/html; charset=utf-8",
    headers: {
      ...headers,
      "content-security-policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
      "x-content-type-options": "nosniff"
    }
  })

const asJson = (links: Links) =>
  HttpServerResponse.text(JSON.stringify({ name: "Holdfast", description, links }), {
    contentType: "application/json",
    headers
  })

/** Whether the request accepts JSON and no page. Browsers ask for pages by name. */
const wantsJson = (accept: string | undefined): boolean =>
  accept !== undefined && /\bjson\b/i.test(accept) && !/\btext\/html\b/i.test(accept)

/** The front page. Under a base path it is there with and without a slash at the end. */
export const layerFrontPage = Layer.unwrap(
  Effect.map(HttpSettings, ({ basePath }) => {
    const links = linksUnder(basePath)
    const [page, json] = [asPage(links), asJson(links)]
    const paths: ReadonlyArray<HttpRouter.PathInput> =
      basePath === "" ? ["/"] : [basePath as HttpRouter.PathInput, `/${basePath.slice(1)}/`]
    return HttpRouter.addAll(
      paths.map((path) =>
        HttpRouter.route("GET", path, (request) =>
          Effect.succeed(wantsJson(request.headers["accept"]) ? json : page)
        )
      )
    )
  })
)
