import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Shape } from './shape.ts';

/** Another program that does the same work on a case of the same shape. */
export interface Peer {
  readonly folder: string;
  readonly python: string;
}

export interface PeerResult {
  readonly tokensPerSecond: number;
  /** The line it printed. */
  readonly line: string;
}

const run = promisify(execFile);

/** Lets the peer write its case of a shape into `out`: `case.py OUT L D H DSAE CONTEXTS LENGTH`. */
export async function writePeerCase({ folder, python }: Peer, shape: Shape, out: string): Promise<void> {
  const { nLayers, dModel, nHeads, dSae, contexts, length } = shape;
  const sizes = [nLayers, dModel, nHeads, dSae, contexts, length].map(String);
  await run(python, ['case.py', resolve(out), ...sizes], { cwd: folder });
}

/** Runs the peer on its case: `lean.py CASE CONTEXTS LENGTH`, whose output begins with its tokens a second. */
export async function runPeer({ folder, python }: Peer, { contexts, length }: Shape, out: string): Promise<PeerResult> {
  const { stdout } = await run(python, ['lean.py', resolve(out), String(contexts), String(length)], { cwd: folder });
  return parsePeer(stdout);
}

/** Throws Error when the output names no rate. */
export function parsePeer(output: string): PeerResult {
  const line = output.trim();
  const rate = /^([\d.]+) tokens\/s/.exec(line)?.[1];
  if (rate === undefined) throw new Error(`the peer printed no rate: ${line}`);
  return { tokensPerSecond: Number(rate), line };
}
