// The page for people outside, at /console: an entry of its own, without the portal's framework.
import { createRoot } from 'react-dom/client';
import { Console } from './Console';
import './console.css';

const root = document.getElementById('root');
if (root) createRoot(root).render(<Console />);
