/**
 * The fenced snippets of a README, and what each says about itself. The convention, in the words
 * after the language: nothing means that it runs; `no-run` that it does not; `continues` that it
 * goes on where the last `ts` snippet ended. In a `ts` snippet, `// prints X` at the end of lines is
 * all that it prints, in order. In a `sh` snippet, `# 409` at the end of a line is the status that
 * it ends with: of HTTP for `curl`, of the process otherwise.
 */

/** A fenced snippet. */
export interface Snippet {
  readonly language: string
  readonly words: ReadonlyArray<string>
  /** The line of the README that its text begins on, from 1. */
  readonly line: number
  readonly text: string
}

/** A program: the snippets that one process runs. */
export interface Program {
  readonly name: string
  /** The text, each line where it is in the README. */
  readonly text: string
  readonly prints: ReadonlyArray<string>
}

/** One line for the shell, with the status that it is to end with. */
export interface ShellLine {
  readonly line: number
  readonly command: string
  readonly status: number | undefined
}

const runnable = ["ts", "sh"]
const known = ["no-run", "continues"]

/** The fenced snippets of a text. Throws on a word that means nothing: it may be misspelt. */
export const snippetsOf = (markdown: string): ReadonlyArray<Snippet> => {
  const snippets: Array<Snippet> = []
  let open: { readonly info: string; readonly from: number } | undefined
  const lines = markdown.split("\n")
  lines.forEach((line, index) => {
    if (!line.startsWith("```")) return
    if (open === undefined) {
      open = { info: line.slice(3).trim(), from: index + 1 }
      return
    }
    const [language = "", ...words] = open.info.split(/\s+/)
    const strange = runnable.includes(language) ? words.filter((it) => !known.includes(it)) : []
    if (strange.length > 0) throw new Error(`line ${open.from}: ${strange.join(" ")} is no word`)
    const text = lines.slice(open.from, index).join("\n")
    snippets.push({ language, words, line: open.from + 1, text })
    open = undefined
  })
  if (open !== undefined) throw new Error(`line ${open.from}: the snippet has no end`)
  return snippets
}

const thatRun = (snippets: ReadonlyArray<Snippet>, language: string) =>
  snippets.filter((it) => it.language === language && !it.words.includes("no-run"))

/** The `ts` programs of a README. */
export const programsOf = (file: string, markdown: string): ReadonlyArray<Program> => {
  const groups: Array<Array<Snippet>> = []
  for (const snippet of thatRun(snippetsOf(markdown), "ts")) {
    const last = groups.at(-1)
    if (!snippet.words.includes("continues")) groups.push([snippet])
    else if (last === undefined) throw new Error(`line ${snippet.line}: nothing to continue`)
    else last.push(snippet)
  }
  return groups.map((group) => {
    const lines: Array<string> = []
    for (const { line, text } of group) {
      while (lines.length < line - 1) lines.push("")
      lines.push(...text.split("\n"))
    }
    const prints = lines.flatMap((line) => /\/\/ prints (.*)$/.exec(line)?.[1] ?? [])
    return { name: `${file}:${group[0]?.line}`, text: `${lines.join("\n")}\n`, prints }
  })
}

/** The `sh` lines of a README, those that end with `\` put together. */
export const shellLinesOf = (markdown: string): ReadonlyArray<ShellLine> =>
  thatRun(snippetsOf(markdown), "sh").flatMap(({ line, text }) => {
    const found: Array<ShellLine> = []
    let pending = ""
    text.split("\n").forEach((part, index) => {
      pending += part
      if (pending.endsWith("\\")) {
        pending = pending.slice(0, -1)
        return
      }
      const [, command = "", status] = /^(.*?)(?:\s+# (\d+))?$/.exec(pending.trim()) ?? []
      pending = ""
      if (command === "" || command.startsWith("#")) return
      found.push({ line: line + index, command, status: status ? Number(status) : undefined })
    })
    return found
  })
