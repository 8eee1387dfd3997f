/** A token as a number in the run: context · length + position, `length` tokens a context. */
export const tokenAt = (context: number, position: number, length: number): number => context * length + position;

export const contextOfToken = (token: number, length: number): number => Math.floor(token / length);

export const positionOfToken = (token: number, length: number): number => token % length;
