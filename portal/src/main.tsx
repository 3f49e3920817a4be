import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app/global.css';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { startTexts } from './texts';

const root = document.getElementById('root');
if (root) void startTexts().then(() => createRoot(root).render(<App />));
