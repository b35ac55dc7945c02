/** The files of the dashboard. This module is one folder deep in the sources, as the bundle is. */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"

const { resolve } = createRequire(import.meta.url)

/** Reads a file of the page. */
export const readDashboardFile = (name: "page.css" | "page.js"): string =>
  readFileSync(new URL(`../dashboard/${name}`, import.meta.url), "utf8")

/** Reads a file of uPlot, which draws the lines. */
export const readUPlot = (name: "uPlot.iife.min.js" | "uPlot.min.css"): string =>
  readFileSync(resolve(`uplot/dist/${name}`), "utf8").trim()
