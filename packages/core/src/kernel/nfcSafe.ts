/**
 * The characters of which any text is printable and in normalization form C, as a class of a JSON
 * Schema pattern: no marks, and no character that NFC replaces or joins to the one before it. A
 * test holds the list to what `normalize` does.
 */
const replaced = [
  "\\u0374\\u037e\\u0387\\u0958-\\u095f\\u09dc\\u09dd\\u09df\\u0a33\\u0a36\\u0a59-\\u0a5b\\u0a5e",
  "\\u0b5c\\u0b5d\\u0f43\\u0f4d\\u0f52\\u0f57\\u0f5c\\u0f69\\u1161-\\u1175\\u11a8-\\u11c2",
  "\\u1f71\\u1f73\\u1f75\\u1f77\\u1f79\\u1f7b\\u1f7d\\u1fbb\\u1fbe\\u1fc9\\u1fcb\\u1fd3\\u1fdb",
  "\\u1fe3\\u1feb\\u1fee\\u1fef\\u1ff9\\u1ffb\\u1ffd\\u2126\\u212a\\u212b\\u2329\\u232a\\u2adc",
  "\\uf900-\\ufaff\\ufb1d-\\ufb4e",
  "\u{16d67}\u{1d15e}-\u{1d164}\u{1d1bb}-\u{1d1c0}\u{2f800}-\u{2fa1d}"
].join("")

const unseen = "\\u115f\\u1160\\u3164\\uffa0"

/** One such character, white space other than a plain space aside. */
export const nfcSafe = `[^\\p{C}\\p{M}\\p{Zl}\\p{Zp}${unseen}${replaced}\\u2000\\u2001]`
