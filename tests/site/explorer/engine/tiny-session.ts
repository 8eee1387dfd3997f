import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs';
import { createSession } from '../../../../site/explorer/engine/session.ts';
import { endOfText } from '../../../files/tiny-tokenizer.ts';
import { platformOf, type TinyShape, tinySite } from './tiny-site.ts';

/** A prompt of the tiny vocabulary, with something said twice. */
export const tinyIds = [endOfText, 104, 101, 108, 104, 101, 108, 111, 33];

/** A session on a tiny published model, computed by tfjs's plain CPU backend. */
export async function openTiny(
  saes: TinyShape['saes'],
  activation?: TinyShape['activation'],
  folded?: TinyShape['folded'],
) {
  await tf.setBackend('cpu');
  const site = await tinySite({ saes, ...(activation && { activation }), ...(folded && { folded }) });
  const session = createSession(platformOf(site.folder));
  const info = await session.open('/', () => {});
  return { site, session, info };
}
