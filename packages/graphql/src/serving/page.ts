/**
 * A page to try queries with, for development alone: a text area, the results, and the schema to look
 * things up in. It loads nothing from anywhere, and sends what is asked to this server alone.
 */
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { type GraphQLSchema, printSchema } from "graphql"

const style = `
body { margin: 0; font: 14px/1.4 system-ui, sans-serif; display: grid; height: 100vh;
  grid-template: auto 1fr / 1fr 1fr 1fr; gap: 8px; padding: 8px; box-sizing: border-box }
header { grid-column: 1 / 4; display: flex; gap: 8px; align-items: center }
header input { flex: 1 }
section { display: grid; grid-template-rows: auto 3fr auto 1fr; gap: 4px; min-height: 0 }
textarea, pre, input, button { font: 13px/1.4 ui-monospace, monospace }
pre { margin: 0; overflow: auto; border: 1px solid #999; padding: 4px }
#schema, #result { grid-row: 2 / 5 }
`

const script = `
const by = (id) => document.getElementById(id)
const sdl = by("schema").textContent
by("find").addEventListener("input", () => {
  const word = by("find").value.toLowerCase()
  by("schema").textContent = word === "" ? sdl
    : sdl.split("\\n\\n").filter((part) => part.toLowerCase().includes(word)).join("\\n\\n")
})
let reading
const show = (text) => { by("result").textContent = text }
const run = async () => {
  reading?.abort()
  reading = new AbortController()
  const headers = { "content-type": "application/json", accept: "application/graphql-response+json" }
  if (by("token").value !== "") headers.authorization = "Bearer " + by("token").value
  try {
    const variables = by("variables").value.trim() === "" ? undefined : JSON.parse(by("variables").value)
    const query = by("query").value
    if (/^\\s*subscription\\b/.test(query)) headers.accept = "text/event-stream"
    const body = JSON.stringify({ query, variables })
    const answer = await fetch(location.pathname, { method: "POST", headers, body, signal: reading.signal })
    if (!(answer.headers.get("content-type") ?? "").startsWith("text/event-stream")) {
      show(answer.status + "\\n" + JSON.stringify(JSON.parse(await answer.text()), null, 2))
      return
    }
    show("")
    const decoder = new TextDecoder()
    for await (const part of answer.body) by("result").textContent += decoder.decode(part)
  } catch (error) { show(String(error)) }
}
by("run").addEventListener("click", run)
by("query").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run()
})
`

const example = `{
  products(first: 2) {
    nodes { name options { name price availability { availableQuantity } } }
  }
}`

const stockExample = "{\n  locations { id name }\n}"

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

const htmlOf = (schema: GraphQLSchema): string => {
  const hasProducts = schema.getQueryType()?.getFields()["products"] !== undefined
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Holdfast GraphQL</title><style>${style}</style></head>
<body>
<header><strong>Holdfast GraphQL</strong>
<input id="token" type="password" placeholder="bearer token, if the server asks for one" autocomplete="off">
<button id="run">Run (Ctrl+Enter)</button></header>
<section><label for="query">Query</label>
<textarea id="query" spellcheck="false">${escaped(hasProducts ? example : stockExample)}</textarea>
<label for="variables">Variables</label><textarea id="variables" spellcheck="false"></textarea></section>
<section><span>Result</span><pre id="result"></pre></section>
<section><input id="find" placeholder="Find in the schema"><pre id="schema">${escaped(printSchema(schema))}</pre></section>
<script>${script}</script>
</body>
</html>`
}

const digestOf = async (text: string): Promise<string> => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))
  return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`
}

/** The page over a schema. A browser runs its own script and no other. */
export const pageOf = async (
  schema: GraphQLSchema
): Promise<HttpServerResponse.HttpServerResponse> => {
  const policy = [
    "default-src 'none'",
    `script-src ${await digestOf(script)}`,
    `style-src ${await digestOf(style)}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'"
  ]
  return HttpServerResponse.text(htmlOf(schema), {
    contentType: "text/html; charset=utf-8",
    headers: {
      "content-security-policy": policy.join("; "),
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store"
    }
  })
}
