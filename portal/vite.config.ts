import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { unusedStyles } from './unused-styles.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [react(), unusedStyles()],
  resolve: { alias: { '@': here('./src') } },
  build: {
    outDir: here('../src/heliograph/interfaces/portal/built'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700, // what counts is the first page as a whole: tests/portal/test_size.py
    modulePreload: { polyfill: false },
    target: 'es2022',
    rollupOptions: {
      input: { index: here('./index.html'), console: here('./console.html') },
    },
  },
  server: {
    port: 5173,
    // The API as `make run` serves it; another one by PORTAL_API.
    proxy: { '/api': { target: process.env['PORTAL_API'] ?? 'http://127.0.0.1:8080', changeOrigin: false } },
  },
  test: { include: ['tests/**/*.test.ts', 'src/**/*.test.ts'], environment: 'node' },
});
