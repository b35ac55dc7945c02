/**
 * Patterns that describe one line of text in a JSON Schema. Unicode categories appear only in
 * positive classes, and everything excluded is a plain range, because the regular expressions of
 * other languages understand these too. A test compares the patterns with the schemas.
 */
const replaced = [
  "\\u0374\\u037e\\u0387\\u0958-\\u095f\\u09dc\\u09dd\\u09df\\u0a33\\u0a36\\u0a59-\\u0a5b\\u0a5e",
  "\\u0b5c\\u0b5d\\u0f43\\u0f4d\\u0f52\\u0f57\\u0f5c\\u0f69\\u1161-\\u1175\\u11a8-\\u11c2",
  "\\u1f71\\u1f73\\u1f75\\u1f77\\u1f79\\u1f7b\\u1f7d\\u1fbb\\u1fbe\\u1fc9\\u1fcb\\u1fd3\\u1fdb",
  "\\u1fe3\\u1feb\\u1fee\\u1fef\\u1ff9\\u1ffb\\u1ffd\\u2126\\u212a\\u212b\\u2329\\u232a\\u2adc",
  "\\uf900-\\ufaff\\ufb1d-\\ufb4e",
  "\u{16d67}\u{1d15e}-\u{1d164}\u{1d1bb}-\u{1d1c0}\u{2f800}-\u{2fa1d}"
].join("")

const fillers = "\\u115f\\u1160\\u3164\\uffa0"

/** Control, format and other characters that show nothing, variation selectors aside. */
const unseen = [
  "\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u0890\\u0891\\u08e2",
  "\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164",
  "\\ufeff\\uffa0\\ufff0-\\ufffb\u{110bd}\u{110cd}\u{13430}-\u{1343f}\u{1bca0}-\u{1bca3}",
  "\u{1d173}-\u{1d17a}\u{e0000}-\u{e00ff}\u{e01f0}-\u{e0fff}"
].join("")

const trimmed = { pattern: "^(?:\\S(?:.*\\S)?)?$" }

/** Patterns of a label: visible characters. */
export const labelPatterns = [{ pattern: `^[^${unseen}]*$` }, trimmed]

/**
 * Patterns of printable text: no marks, and no character that NFC replaces or joins to the one
 * before it. The schema also takes marks that are in NFC, which no pattern can express.
 */
export const printablePatterns = [
  { pattern: "^[\\p{L}\\p{N}\\p{P}\\p{S} ]*$" },
  { pattern: `^[^${fillers}${replaced}]*$` },
  trimmed
]
