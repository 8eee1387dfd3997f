// A classic script in <head>, so that the stored theme is there before the first paint.
(() => {
  const key = 'attention-atlas-theme';
  const root = document.documentElement;

  function stored() {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  }

  function store(theme) {
    try {
      localStorage.setItem(key, theme);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  }

  function isDark() {
    return root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  }

  // An embedded page shows the sections, in the theme, that its address asks for.
  const query = new URLSearchParams(location.search);
  const embed = query.get('embed');
  if (embed !== null) root.dataset.embed = embed === '' ? 'all' : embed.replaceAll(',', ' ');

  const theme = (embed !== null && query.get('theme')) || stored();
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;

  document.addEventListener('DOMContentLoaded', () => {
    const button = document.querySelector('.theme');
    if (!button) return;
    button.hidden = false;
    button.setAttribute('aria-pressed', String(isDark()));
    button.addEventListener('click', () => {
      root.dataset.theme = isDark() ? 'light' : 'dark';
      store(root.dataset.theme);
      button.setAttribute('aria-pressed', String(isDark()));
    });
  });
})();
