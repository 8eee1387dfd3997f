import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** What a request path means: a file to send (with its status), or a place to redirect to. */
export type Resolution =
  | { readonly file: string; readonly status: 200 | 404 }
  | { readonly redirect: string }
  | { readonly status: 400 | 404 };

/**
 * Finds the file for a URL path as static hosts do: `/x` is x or x.html, `/x/` is x/index.html, the rest is 404.html.
 * `base` is `/` or `/atlas`; `root` holds the built site. Never leaves root, by dots, encodings or symbolic links.
 */
export async function resolveFile(urlPath: string, root: string, base: string): Promise<Resolution> {
  const path = decode(urlPath);
  if (path === undefined) return { status: 400 };
  const prefix = base === '/' ? '' : base.replace(/\/$/, '');
  if (prefix !== '' && (path === '/' || path === prefix)) return { redirect: `${prefix}/` };
  if (!path.startsWith(`${prefix}/`)) return { status: 404 };
  const inside = path.slice(prefix.length + 1);
  if (/(^|\/)\//.test(inside)) return notFound(root); // `//host` would redirect to that host
  const names =
    inside === '' || inside.endsWith('/')
      ? [`${inside}index.html`]
      : [inside, `${inside}.html`, `${inside}/index.html`];
  for (const name of names) {
    const file = await fileInside(root, name);
    if (file) return { file, status: 200 };
  }
  const bare = inside.replace(/\/+$/, '');
  if (bare !== inside && (await fileInside(root, `${bare}.html`))) return { redirect: `${prefix}/${encoded(bare)}` };
  return notFound(root);
}

async function notFound(root: string): Promise<Resolution> {
  const file = await fileInside(root, '404.html');
  return file ? { file, status: 404 } : { status: 404 };
}

const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** The decoded path, or undefined when it is malformed or tries to climb. */
function decode(urlPath: string): string | undefined {
  try {
    const path = decodeURIComponent(urlPath);
    const climbs = path.split(/[/\\]/).includes('..') || path.includes('\\') || path.includes('\0');
    return climbs || !path.startsWith('/') ? undefined : path;
  } catch {
    return undefined;
  }
}

async function fileInside(root: string, name: string): Promise<string | undefined> {
  try {
    const file = await realpath(join(root, name));
    const inside = file.startsWith((await realpath(root)) + sep);
    return inside && (await stat(file)).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}
