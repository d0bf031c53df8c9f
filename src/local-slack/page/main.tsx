import { render } from 'preact';
import { z } from 'zod';
import './theme/colours.css';
import './theme/base.css';
import { App } from './app.tsx';
import { start } from './state/session.ts';
import { startTheme } from './theme/theme.ts';

// A page under a content security policy may not compile validators.
z.config({ jitless: true });
startTheme();
start();
const root = document.getElementById('app');
if (root) render(<App />, root);
