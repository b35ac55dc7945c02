/** Whether a promise settles in time. */
export const settlesWithin = async (
  promise: Promise<unknown>,
  millis: number
): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined
  const isLate = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, millis, false)
  })
  try {
    return await Promise.race([promise.then(() => true), isLate])
  } finally {
    clearTimeout(timer)
  }
}

/** Waits. */
export const pause = (millis: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, millis))
