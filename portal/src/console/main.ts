// The page for people outside, at /console: an entry of its own, without the portal's framework.
const root = document.getElementById('root');
if (root) {
  root.textContent = 'Heliograph';
}
