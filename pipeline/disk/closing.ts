type Close = () => unknown;

/** Runs each in its order, whatever those before it threw. Throws what failed first. */
export async function closeAll(closings: Iterable<Close>): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closings) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** Takes what is to be closed at the end. */
export type OnEnd = (close: Close) => void;

/** Runs `act`, and after it all that it handed to `onEnd`, the last first, whatever failed. Throws what failed first. */
export async function closingAfter<T>(act: (onEnd: OnEnd) => Promise<T>): Promise<T> {
  const closings: Close[] = [];
  const value = await act((close) => closings.unshift(close)).catch(async (error: unknown) => {
    await closeAll(closings).catch(() => {});
    throw error;
  });
  await closeAll(closings);
  return value;
}
