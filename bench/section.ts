/** What every section of the benchmark is given. */
export interface SectionOptions {
  /** Turns of each contestant. */
  readonly rounds: number;
  /** A folder to work in, removed afterwards. */
  readonly folder: string;
  print(line: string): void;
}
