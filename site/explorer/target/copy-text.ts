/** Puts text on the clipboard. Throws where the browser does not let it. */
export async function copyText(text: string): Promise<void> {
  if (!navigator.clipboard) throw new Error('this browser lets no page copy: it does where the site has https');
  await navigator.clipboard.writeText(text);
}
