// Before the first paint: the colours that were chosen, and the language, so that nothing flashes.
(function () {
  var root = document.documentElement;
  var dark = window.matchMedia('(prefers-color-scheme: dark)').matches;
  var scheme = 'auto';
  try {
    scheme = localStorage.getItem('mantine-color-scheme-value') || 'auto';
    root.lang = localStorage.getItem('heliograph.language') || (navigator.language.slice(0, 2) === 'de' ? 'de' : 'en');
  } catch (refused) {
    // Storage is switched off: the system's choice is as good.
  }
  root.setAttribute('data-mantine-color-scheme', scheme === 'auto' ? (dark ? 'dark' : 'light') : scheme);
})();
