/** The names of cursors that are not for hosts. */

/** The cursor by which the sealer follows the log of events. */
export const sealerCursor = "seals"
