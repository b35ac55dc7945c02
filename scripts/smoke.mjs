/**
 * `pnpm smoke <url>`, or with the variable HOLDFAST_SMOKE_URL: asks a deployment what anybody may ask,
 * and ends with 1 when an answer is not what it should be. It writes nothing.
 */
const base = (process.argv[2] ?? process.env.HOLDFAST_SMOKE_URL ?? "").replace(/\/$/, "")
if (!URL.canParse(base)) {
  console.error("pnpm smoke <url>: where the deployment is, such as https://api.example.com")
  process.exit(2)
}

/** What is asked, and the answers that are right: who is asked for a token may refuse. */
const questions = [
  { path: "/health/ready", right: [200] },
  { path: "/health/live", right: [200] },
  { path: "/api/products?size=1", right: [200, 401] },
  { path: "/api/there-is-no-such-path", right: [401, 404] }
]

let wrong = 0
for (const { path, right } of questions) {
  const began = performance.now()
  const said = await fetch(`${base}${path}`, { signal: AbortSignal.timeout(10_000) }).then(
    async (response) => ({ status: response.status, text: await response.text() }),
    (error) => ({ status: 0, text: String(error.cause ?? error) })
  )
  const isRight = right.includes(said.status)
  if (!isRight) wrong++
  const told = isRight ? "" : `: ${said.text.slice(0, 200)}`
  console.log(
    `${isRight ? "ok  " : "fail"}  ${said.status}  ${path}  ${Math.round(performance.now() - began)} ms${told}`
  )
}
process.exitCode = wrong === 0 ? 0 : 1
