/** What `act` opens next; where that fails, what was opened before it is closed. */
export async function orClose<T>(opened: { close(): Promise<unknown> }, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    await opened.close().catch(() => {}); // what failed first is what is to be said
    throw error;
  }
}
