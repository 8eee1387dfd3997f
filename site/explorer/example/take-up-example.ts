import { type ExampleSite, exampleAddress } from './open-example.ts';

/** Puts the tokens of the example that the address names into the address. Gives a sentence where that failed. */
export async function takeUpExample(site: ExampleSite): Promise<string | undefined> {
  try {
    const query = await exampleAddress(location.search, site, fetchBytes);
    if (query !== undefined) history.replaceState(history.state, '', `?${query}`);
    return undefined;
  } catch (error) {
    return `The example did not open: ${error instanceof Error ? error.message : error}.`;
  }
}

async function fetchBytes(url: string): Promise<ArrayBuffer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} did not load: ${response.status}`);
  return response.arrayBuffer();
}
