// Builds the page into dist/, where the server of the local Slack finds it. Nothing is fetched at run time.
import { fileURLToPath } from 'node:url';
import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';
import { emojiTable } from './emoji/build.js';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [preact({ devToolsEnabled: false }), emojiTable()],
  build: {
    outDir: fileURLToPath(new URL('../../../dist/local-slack/page', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 900,
  },
});
