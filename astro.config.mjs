import svelte from '@astrojs/svelte';
import { defineConfig } from 'astro/config';
import { atlas } from './site/bulk/integration.ts';

export default defineConfig({
  srcDir: './site',
  publicDir: './site/public',
  outDir: './dist',
  compressHTML: true,
  trailingSlash: 'never',
  build: { format: 'file', inlineStylesheets: 'never', concurrency: 8 },
  integrations: [svelte(), atlas()],
  devToolbar: { enabled: false },
  vite: { build: { assetsInlineLimit: 0 }, worker: { format: 'es' } },
});
